/**
 * Tools that a test needs and a machine may lack. Without one its tests are skipped, and say so; in CI, where
 * `VALTHREE_TEST_REQUIRE_ALL` is set, that is a failure.
 */
export function requirement(isThere: boolean, whatIsSkipped: string): boolean {
  if (!isThere) {
    if (process.env['VALTHREE_TEST_REQUIRE_ALL'] !== undefined) throw new Error(`may not be skipped: ${whatIsSkipped}`);
    console.warn(`skipped: ${whatIsSkipped}`);
  }
  return isThere;
}
