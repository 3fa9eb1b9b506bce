export const signIn = {
  title: 'Sign in',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  withPasskey: 'Sign in with a passkey',
  or: 'or',
  forgotten: 'Forgotten password?',
  again: 'Start again',
  otherWays: 'You can still sign in from a browser that you have used before, or with a passkey.',
  organisation: {
    title: 'Which organisation?',
    about: 'This address and password belong to several. Choose where to go.',
  },
  factor: {
    title: 'Second factor',
    code: 'Code',
    codeHint: 'Six digits, from your authenticator app',
    recoveryCode: 'Recovery code',
    recoveryCodeHint: 'One of those that you kept when you set up your second factor; each works once',
    passkey: 'Use a passkey',
    useRecoveryCode: 'Use a recovery code instead',
    useCode: 'Use the authenticator app instead',
    confirm: 'Confirm',
    none: 'None of your second factors works at this address, and no recovery code is left. Ask an owner to reset your factors, or the operator of this service: doorlist admin reset-factors',
  },
  forgottenPage: {
    title: 'Forgotten password',
    about:
      'We mail a link to this address, if it belongs to an administrator. It works once, for 60 minutes.',
    send: 'Send the link',
    sentTitle: 'Look into your mail',
    sentText: (email: string) =>
      `If ${email} belongs to an administrator, a link is on its way. If you asked less than 30 minutes ago, use the link from then. No email after a few minutes? Check your spam folder, or ask another owner.`,
    noMail:
      'This service sends no mail. Ask an owner for a link to a new password, or the operator of the service: doorlist admin reset-password',
    back: 'Back to sign-in',
  },
  passkeyFailed:
    'The passkey was not used: cancelled, timed out, or there is none for this site on this device.',
  proof: {
    title: 'Is it still you?',
    about: 'This is a sensitive change. Confirm who you are; it holds for 15 minutes.',
  },
}
