/** A primitive that carries its meaning in the type: a `Line1` cannot be passed where a `Column0` is wanted. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
