import { changeOwnPassword, showPasswordForm } from './account/change-password.ts'
import { requestPasswordLink, showForgottenPassword } from './account/forgotten-password.ts'
import { showHome, signOut } from './account/home.ts'
import { setPasswordByLink, showPasswordLink } from './account/password-link.ts'
import { showProfile } from './account/profile.ts'
import {
  addPasskey,
  addTotp,
  removeFactor,
  renewCodes,
  showAddPasskey,
  showAddTotp,
  showRemoval,
  showRenewal,
  showSecurity,
} from './account/security.ts'
import { endOneSession, endSessionsElsewhere, showSessions } from './account/sessions.ts'
import { chooseByEmail, chooseProvider } from './flow/choose.ts'
import { answerFactor, enrollFirstFactor, requestCode, sendPasskeyScript } from './flow/factors.ts'
import { showNextStep } from './flow/next.ts'
import { showPasswordSignIn, submitPassword } from './flow/password-sign-in.ts'
import { submitPersonalDesktop } from './flow/personal-desktop.ts'
import { startSignIn } from './flow/start.ts'
import { sendLogo } from './logo.ts'
import { receiveBackchannelLogout, sendLogoutError } from './oidc/logout.ts'
import { receiveCallback } from './oidc/sign-in.ts'
import { receivePostedLogout, receiveRedirectedLogout } from './saml/logout.ts'
import { receiveSamlResponse, sendMetadata } from './saml/sign-in.ts'
import type { Route } from './services.ts'

const LOGOUT_TOKEN_BYTES = 16_384

/** Every address of the sign-in door, by method and path. Add its first part to paths.ts, too. */
export const ROUTES: Readonly<Record<`${'GET' | 'POST'} /${string}`, Route>> = {
  'GET /logo/:tenantId/:hash': sendLogo,

  // A sign-in, from choosing the identity provider to the session.
  'GET /sign-in': chooseProvider,
  'POST /sign-in/email': chooseByEmail,
  'GET /sign-in/with/:idpId': startSignIn,
  'GET /sign-in/local': showPasswordSignIn,
  'POST /sign-in/local': submitPassword,
  'GET /sign-in/next': showNextStep,
  'GET /sign-in/passkey.js': sendPasskeyScript,
  'POST /sign-in/enroll': enrollFirstFactor,
  'POST /sign-in/challenge': answerFactor,
  'POST /sign-in/code': requestCode,
  'POST /sign-in/personal-desktop': submitPersonalDesktop,

  // Answers and requests of identity providers.
  'GET /oidc/:idpId/callback': receiveCallback,
  'POST /oidc/:idpId/backchannel-logout': {
    handler: receiveBackchannelLogout,
    bodyLimit: LOGOUT_TOKEN_BYTES,
    errorHandler: sendLogoutError,
  },
  'GET /saml/:idpId/metadata': sendMetadata,
  'POST /saml/:idpId/acs': receiveSamlResponse,
  'GET /saml/:idpId/logout': receiveRedirectedLogout,
  'POST /saml/:idpId/logout': receivePostedLogout,

  // The user's own pages.
  'GET /': showHome,
  'POST /sign-out': signOut,
  'GET /profile': showProfile,
  'GET /security': showSecurity,
  'GET /security/totp': showAddTotp,
  'POST /security/totp': addTotp,
  'GET /security/passkey': showAddPasskey,
  'POST /security/passkey': addPasskey,
  'GET /security/remove': showRemoval,
  'POST /security/remove': removeFactor,
  'GET /security/recovery-codes': showRenewal,
  'POST /security/recovery-codes': renewCodes,
  'GET /sessions': showSessions,
  'POST /sessions/others/end': endSessionsElsewhere,
  'POST /sessions/:id/end': endOneSession,

  // Passwords of users whose identity provider is Doorlist itself.
  'GET /sign-in/forgotten': showForgottenPassword,
  'POST /sign-in/forgotten': requestPasswordLink,
  'GET /sign-in/password': showPasswordLink,
  'POST /sign-in/password': setPasswordByLink,
  'GET /password': showPasswordForm,
  'POST /password': changeOwnPassword,
}
