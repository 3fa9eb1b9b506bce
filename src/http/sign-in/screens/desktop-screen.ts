import { html, type Page, page } from '../../page.ts'
import { EMPTY, problemBanner } from '../form.ts'
import type { ScreenContext } from './screen-context.ts'

/** Asks for the name of the user's computer, if the administrator wants it. */
export async function desktopScreen(
  { request: { texts } }: Pick<ScreenContext, 'request'>,
  problem?: string,
): Promise<Page> {
  const invalid = problem === undefined ? EMPTY : html` aria-invalid="true"`
  return page(
    texts.desktop.heading,
    html`<h1>${texts.desktop.heading}</h1>
<p>${texts.desktop.text}</p>
${problemBanner(problem)}<form method="post" action="/sign-in/personal-desktop">
<label for="name">${texts.desktop.name}</label>
<p class="hint" id="hint">${texts.desktop.hint}</p>
<input id="name" name="name" maxlength="100" aria-describedby="hint${problem === undefined ? '' : ' problem'}" autocomplete="off" spellcheck="false" required autofocus${invalid}>
<button type="submit">${texts.continue}</button></form>`,
  )
}
