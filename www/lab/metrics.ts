import table from 'virtual:metrics';

import type { Metric, Task } from '../../pkg/factorscope.js';

/** What tables show of models for this task, as the engine told at build time; by the first they are judged. */
export function shownOf(task: Task): readonly Metric[] {
  return table.filter((metric) => metric.task === task && metric.shown);
}
