const SUBJECTS = 1_000

/**
 * Remembers an answer for a short time; who asks while it is made waits for the same one. A failure is not remembered.
 * @param make makes the answer for one subject, such as a tenant
 */
export function openMemo<Answer>(
  milliseconds: number,
  make: (subject: string) => Promise<Answer>,
): (subject: string) => Promise<Answer> {
  const answers = new Map<string, { readonly answer: Promise<Answer>; readonly until: number }>()
  return (subject) => {
    const known = answers.get(subject)
    if (known && performance.now() < known.until) return known.answer
    if (answers.size >= SUBJECTS) answers.clear()
    const answer = make(subject)
    answers.set(subject, { answer, until: performance.now() + milliseconds })
    answer.catch(() => answers.delete(subject))
    return answer
  }
}
