/** Four decimal numbers without leading zeros, so that no text can be read as two addresses. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
const IPV6_CHARACTERS = /^[0-9A-Fa-f:.]{2,45}$/;

/**
 * Returns a key for the client at an IP address, for host apps that limit users who have not signed in: for IPv4 the
 * address itself, even when written as `::ffff:192.0.2.1`; for IPv6 the /64 prefix, which is what one connection gets.
 * Undefined for anything else. Take the address from the connection, or from a header that a trusted proxy has set.
 */
export function clientAddressKey(address: string): string | undefined {
  if (IPV4.test(address)) return address;
  if (!IPV6_CHARACTERS.test(address) || !URL.canParse(`http://[${address}]/`)) return undefined;
  const groups = expand(new URL(`http://[${address}]/`).hostname.slice(1, -1));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight groups of an address as URLs write it (WHATWG URL, "IPv6 serializer"). */
function expand(text: string): readonly number[] {
  const [head = '', tail] = text.split('::', 2);
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const [before, after] = [numbers(head), numbers(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
