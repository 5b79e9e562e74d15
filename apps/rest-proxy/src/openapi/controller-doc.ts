import type { ApiSchema, OperationDoc } from './openapi-types.ts';

type Class<T> = abstract new (...args: never[]) => T;

type MethodOf<T> = {
  [Key in keyof T]: T[Key] extends (...args: never[]) => unknown ? Key : never;
}[keyof T];

/** `hidden`: not in the document, for what is not an API. */
export type Documented = OperationDoc | 'hidden';

/** What the document says of one controller. */
export interface ControllerDoc {
  readonly controller: { readonly name: string };
  /** By method of the controller, in the order of the document. */
  readonly operations: ReadonlyMap<string, Documented>;
  /** What the operations refer to, by name. */
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

/**
 * Documents a controller from outside of it.
 *
 * Decorators in the controller would load @nestjs/swagger, and with it a tenth of a second and 18 MB, at every start
 * of the proxy; this way the document costs nothing until somebody asks for it. The compiler asks for every public
 * method of the controller.
 */
export function controllerDoc<T extends object>(
  controller: Class<T>,
  operations: Readonly<Record<MethodOf<T> & string, Documented>>,
  schemas: Readonly<Record<string, ApiSchema>> = {},
): ControllerDoc {
  return { controller, operations: new Map(Object.entries<Documented>(operations)), schemas };
}
