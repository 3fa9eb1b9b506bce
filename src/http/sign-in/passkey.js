// Asks the browser for a passkey when the form is submitted, and sends its answer with the form.
for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const problem = form.querySelector('.problem')
    problem.hidden = true
    try {
      form.elements.credential.value = JSON.stringify(
        await ask(form.dataset.passkey, JSON.parse(form.dataset.options)),
      )
      form.submit()
    } catch (error) {
      problem.textContent = error.name === 'InvalidStateError' ? form.dataset.there : form.dataset.failed
      problem.hidden = false
    }
  })
}

async function ask(call, options) {
  const publicKey =
    call === 'create'
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const credential = await navigator.credentials[call]({ publicKey })
  return credential.toJSON()
}
