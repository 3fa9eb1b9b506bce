// Opens the encryption key and checks it against data that is already encrypted. The service must not start with a
// missing or different key, and must never generate a new key while data of an old one exists.
import { Refused } from '#errors.ts'
import { createSeal, keyIdOf, type Seal } from '#platform/crypto/seal.ts'
import { makeSecretKey, readSecretKey } from '#platform/crypto/secret-key.ts'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'

export interface KeySource {
  /** Value of DOORLIST_SECRET_KEY. */
  readonly secretKey: string | undefined
  readonly dataDir: string
}

/** Opens the key. @throws {Refused} the key is missing, or doesn't match the data in this database */
export async function openSeal(db: Database, { secretKey, dataDir }: KeySource): Promise<Seal> {
  const sealed = await db.run<{ secret: Buffer }>(
    SYSTEM,
    sql`select distinct on (substring(secret, 2, 8)) secret from (
        select client_secret as secret from identity_provider where client_secret is not null
        union all select private_key from service_certificate
        union all select secret from factor_totp
        union all select private_key from gateway_key) as sealed`,
  )
  const given = secretKey ?? (await readSecretKey(dataDir))
  if (!given && sealed.length > 0) {
    throw new Refused(
      'The secret key is missing. Set DOORLIST_SECRET_KEY, or put secret.key back into the data folder.',
    )
  }
  const seal = createSeal(given ?? (await makeSecretKey(dataDir)))
  if (sealed.some(({ secret }) => !keyIdOf(secret).equals(seal.keyId))) {
    throw new Refused(
      "The secret key doesn't match the secrets in this database. Use the key that they were sealed with.",
    )
  }
  return seal
}
