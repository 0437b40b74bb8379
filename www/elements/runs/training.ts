import { EngineDied } from '../../engine/client.ts';
import type { Progress, Setup, Trained } from '../../engine/types.ts';
import { fixed } from '../../format.ts';
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
      return ended(trained);
    } catch (error) {
      // A died engine has lost the model; its curve would belong to nothing.
      if (error instanceof EngineDied) going.lose();
      throw error;
    }
  };
  return new Job(host, { key: () => JSON.stringify(setup()), work, handsOver: true });
}

/** How it ended, for those who do not see the bar. */
function ended({ cancelled, history, stopped }: Trained): string {
  if (stopped) return '';
  const last = history.at(-1);
  const rank =
    last && Number.isFinite(last.test.rank) ? `, test rank ${fixed(last.test.rank, 2)} %` : '';
  const rmse =
    last && Number.isFinite(last.test.rmse) ? `, test RMSE ${fixed(last.test.rmse, 4)}` : rank;
  return `${cancelled ? 'Cancelled' : 'Trained'} after epoch ${last?.epoch ?? 0}${rmse}.`;
}
