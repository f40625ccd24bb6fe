/** A deeply frozen copy of plain data. */
export function frozenCopy<Value extends object>(value: Value): Value {
  return deepFreeze(structuredClone(value));
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) deepFreeze(member);
  return Object.freeze(value);
}
