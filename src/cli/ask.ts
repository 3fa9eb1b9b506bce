// What a command asks the person at the terminal. Where there is none, it says which option answers instead.
import { readFileSync } from 'node:fs'
import { password as askPassword, isCancel, text } from '@clack/prompts'
import { Refused } from '#errors.ts'

/** Stdout is for data. */
const output = process.stderr

/** @param file holds the password in its first line; `-` is stdin @throws {Refused} */
export async function readPasswordOr(file: string | undefined): Promise<string> {
  if (file !== undefined) return firstLine(file)
  demandTerminal('--password-file FILE gives the password')
  const answer = await askPassword({ message: 'Password (15 characters or more)', output })
  return answered(answer)
}

/** Asks for the name of what is about to go. @throws {Refused} anything else was typed */
export async function confirmName(name: string, loss: string): Promise<void> {
  demandTerminal('--yes confirms it')
  const answer = await text({ message: `${loss} Type its name to confirm: ${name}`, output })
  if (answered(answer) !== name) throw new Refused('That is not the name; nothing was deleted')
}

/** @throws {Refused} the file cannot be read */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new Refused(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** @throws {Refused} as `readTextFile` */
export function firstLine(file: string): string {
  return readTextFile(file).split(/\r?\n/, 1)[0] ?? ''
}

function demandTerminal(instead: string): void {
  if (!process.stdin.isTTY) throw new Refused(`There is no terminal to ask at; ${instead}`)
}

function answered(answer: string | symbol | undefined): string {
  if (isCancel(answer)) throw new Refused('Cancelled; nothing was changed')
  return typeof answer === 'string' ? answer : ''
}
