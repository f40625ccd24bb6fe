/** Names of devices, with any extension ("Naming Files, Paths, and Namespaces", Windows documentation). */
const DEVICE = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])$/i;

/** Whether Windows treats the name as a device, such as `CON`, `nul.mp4` or `COM1 .mov`. */
export function isWindowsDeviceName(fileName: string): boolean {
  const [base = ''] = fileName.split('.', 1);
  return DEVICE.test(base.trimEnd());
}
