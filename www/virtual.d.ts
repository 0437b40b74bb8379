declare module 'virtual:registry' {
  import type { Entry } from '../pkg/factorscope.js';

  const registry: readonly Entry[];
  export default registry;
}
