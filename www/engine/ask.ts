// What can be asked of the data that is open and of a model that has been trained: the methods of the engine's
// own objects, by name.

import type { Data, Run } from '../../pkg/factorscope.js';
import { isTrap } from './life.ts';

/** The families of models: what a run hands out an object for, where its model is of that family. */
type OfModels = {
  [
    Name in keyof Run as Extract<Run[Name], { free(): void }> extends never ? never : Name
  ]: NonNullable<Run[Name]>;
};

/** Everything that can be asked. */
export type Families = { data: Data; run: Run } & OfModels;
export type Family = keyof Families;

/** The methods that answer: not those that change or end an object. */
export type Question<F extends Family> = Exclude<
  {
    [Name in keyof Families[F]]: Families[F][Name] extends (...list: never[]) => unknown
      ? Name
      : never;
  }[keyof Families[F]],
  'free' | 'pass' | symbol
>;

type Method<F extends Family, Q extends Question<F>> = Extract<
  Families[F][Q],
  (...list: never[]) => unknown
>;
export type Arguments<F extends Family, Q extends Question<F>> = Parameters<Method<F, Q>>;
export type Answer<F extends Family, Q extends Question<F>> = ReturnType<Method<F, Q>>;

/** Asks an object, or that of the family of a run's model. */
export function answer(
  { data, run }: { data: Data | undefined; run: Run | undefined },
  family: Family,
  question: string,
  list: readonly unknown[],
): unknown {
  if (family === 'data') {
    if (!data) throw new Error('no data set is open');
    return answered(data, question, list);
  }
  if (!run) throw new Error('no model has been trained');
  if (family === 'run') return answered(run, question, list);
  const object = run[family];
  if (!object) throw new Error(`the model that has been trained has no ${family}`);
  try {
    const found = answered(object, question, list);
    object.free();
    return found;
  } catch (error) {
    // After a trap nothing of the engine may be touched.
    if (!isTrap(error)) object.free();
    throw error;
  }
}

function answered(object: object, question: string, list: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(object, question);
  if (typeof method !== 'function') throw new Error(`nothing can be asked by ${question}`);
  return Reflect.apply(method, object, list) as unknown;
}
