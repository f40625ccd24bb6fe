/** `Omit` applied to each member of a union separately: a plain `Omit` would keep only what all members share. */
export type OmitFromEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
