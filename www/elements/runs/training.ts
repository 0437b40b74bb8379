import type { Task } from '../../../pkg/factorscope.js';
import { EngineDied } from '../../engine/client.ts';
import type { Progress, Setup, Trained } from '../../engine/types.ts';
import { fixed } from '../../format.ts';
import { shownOf } from '../../lab/metrics.ts';
import type { LabView } from '../frame/lab-view.ts';
import { type Going, Job } from './job.ts';

/**
 * Trains the lab's model, which then stays in the engine to be asked by all views of the part; one that is
 * cancelled too, as far as it is trained. Its one part is how far it is.
 */
export function trainingJob(host: LabView, setup: () => Setup): Job<Progress> {
  const work = async (going: Going<Progress>): Promise<string> => {
    const { lab } = host;
    const mine = setup();
    going.say('Training.');
    lab.finish(undefined);
    try {
      await lab.engine();
      if (going.ending) return 'Cancelled before it began.';
      const trained = await lab.train(mine, going.grow);
      going.grow(trained);
      if (!going.over) lab.finish({ setup: mine, trained });
      return ended(trained, lab.entry.task);
    } catch (error) {
      // A died engine has lost the model; its curve would belong to nothing.
      if (error instanceof EngineDied) going.lose();
      throw error;
    }
  };
  return new Job(host, { key: () => JSON.stringify(setup()), work, handsOver: true });
}

/** How it ended, for those who do not see the bar. */
function ended({ cancelled, history, stopped }: Trained, task: Task): string {
  if (stopped) return '';
  const last = history.at(-1);
  const metric = shownOf(task)[0];
  const error = metric && last?.test[metric.id];
  const unit = metric?.unit ? ` ${metric.unit}` : '';
  const told =
    error === undefined ? '' : `, test ${metric?.name} ${fixed(error, unit ? 2 : 4)}${unit}`;
  return `${cancelled ? 'Cancelled' : 'Trained'} after epoch ${last?.epoch ?? 0}${told}.`;
}
