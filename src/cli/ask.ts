// Questions at the terminal. Without a terminal, the error says which option to use instead.
import { readFileSync } from 'node:fs'
import { password as askPassword, isCancel, text } from '@clack/prompts'
import { Refused } from '#errors.ts'

/** Standard output is for data only. */
const output = process.stderr

/** Reads a password from the first line of a file (`-` is stdin), or asks for it. @throws {Refused} */
export async function readPasswordOr(file: string | undefined): Promise<string> {
  if (file !== undefined) return firstLine(file)
  demandTerminal('a password', '--password-file FILE')
  const answer = await askPassword({ message: 'Password (at least 15 characters)', output })
  return answered(answer)
}

/** Asks to type the name of what will be deleted or changed. @throws {Refused} when anything else is typed */
export async function confirmName(name: string, loss: string): Promise<void> {
  demandTerminal('confirmation', '--yes')
  const answer = await text({ message: `${loss} To confirm, type ${name}`, output })
  if (answered(answer) !== name) throw new Refused("The name doesn't match. Nothing was changed.")
}

/** @throws {Refused} when the file can't be read */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new Refused(`${file} can't be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

/** @throws {Refused} as `readTextFile` */
export function firstLine(file: string): string {
  return readTextFile(file).split(/\r?\n/, 1)[0] ?? ''
}

function demandTerminal(what: string, option: string): void {
  if (!process.stdin.isTTY)
    throw new Refused(`This command needs ${what}, and there is no terminal. Use ${option}.`)
}

function answered(answer: string | symbol | undefined): string {
  if (isCancel(answer)) throw new Refused('Canceled. Nothing was changed.')
  return typeof answer === 'string' ? answer : ''
}
