/**
 * Doubles as Valkey 8 prints them in replies (`d2string`): integers up to 2^62 with all their digits, anything else in
 * the layout of `fpconv`, which is Grisu2. That algorithm misses the shortest digits about once in a thousand doubles
 * (1e+23 becomes 99999999999999990000000); here they are always the shortest, which read back as the same double.
 */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isSafeInteger(value)) return String(value);
  if (Math.abs(value) <= 2 ** 62 && Number.isInteger(value)) return BigInt(value).toString();
  return fpconv(value);
}

/** Plain digits where the exponent is small, otherwise `1.5e+30`: with a sign and without padding. */
function fpconv(value: number): string {
  const [mantissa, exponentText] = Math.abs(value).toExponential().split('e') as [string, string];
  const digits = mantissa.replace('.', '');
  // The decimal point stands behind the last digit times ten to this power.
  const power = Number(exponentText) - digits.length + 1;
  const sign = value < 0 ? '-' : '';
  const exponent = Math.abs(power + digits.length - 1);
  if (power >= 0 && exponent < digits.length + 7) return sign + digits + '0'.repeat(power);
  if (power < 0 && (power > -7 || exponent < 4)) {
    const offset = digits.length + power;
    if (offset <= 0) return `${sign}0.${'0'.repeat(-offset)}${digits}`;
    return `${sign}${digits.slice(0, offset)}.${digits.slice(offset)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits.slice(0, 1)}${fraction}e${power + digits.length - 1 < 0 ? '-' : '+'}${exponent}`;
}
