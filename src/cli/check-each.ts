/**
 * Files judged one after the other: whatever becomes of one, the others are judged too, and the exit code tells the
 * worst of it. It must never say that there is a violation where there is none, so whatever goes wrong in the program
 * itself counts as not judged.
 */
import { HistoryError } from '../verify/history-error.ts';

/** What the histories' README says, not `exitCodes`: a violation that was found is more than a file that was not read. */
export const checkCodes = { ok: 0, illegal: 1, unknown: 2 } as const;

export type CheckCode = (typeof checkCodes)[keyof typeof checkCodes];

export function worstCode(codes: readonly CheckCode[]): CheckCode {
  if (codes.includes(checkCodes.illegal)) return checkCodes.illegal;
  return codes.includes(checkCodes.unknown) ? checkCodes.unknown : checkCodes.ok;
}

export interface CheckOutput {
  /** Whether it could be written; else nobody reads any more. */
  write(text: string): Promise<boolean>;
  complain(line: string): void;
}

/** `check` gives the text to print, and what may still be done after it was printed. */
export type CheckFile = (file: string) => Promise<{ readonly text: string; readonly finish: () => CheckCode }>;

export async function checkEach(files: readonly string[], check: CheckFile, output: CheckOutput): Promise<CheckCode> {
  const codes: CheckCode[] = [];
  for (const [index, file] of files.entries()) {
    let isRead = true;
    try {
      const { text, finish } = await check(file);
      isRead = await output.write(text);
      codes.push(finish());
    } catch (cause) {
      output.complain(`${file}: ${messageOf(cause)}`);
      codes.push(checkCodes.unknown);
    }
    if (isRead) continue;
    if (index < files.length - 1) codes.push(checkCodes.unknown);
    break;
  }
  return worstCode(codes);
}

/** In one line. */
function messageOf(cause: unknown): string {
  if (cause instanceof HistoryError) return cause.message;
  return `the checker failed: ${String(cause).replace(/\s+/g, ' ')}`;
}
