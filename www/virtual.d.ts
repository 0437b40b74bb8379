declare module 'virtual:registry' {
  import type { Entry } from '../pkg/factorscope.js';

  const registry: readonly Entry[];
  export default registry;
}

declare module 'virtual:metrics' {
  import type { Metric } from '../pkg/factorscope.js';

  const metrics: readonly Metric[];
  export default metrics;
}

declare module 'virtual:chapters' {
  /** The chapter that is the first to run a model, by the model's id. */
  const chapters: Readonly<
    Record<string, { number: number; slug: string; title: string } | undefined>
  >;
  export default chapters;
}
