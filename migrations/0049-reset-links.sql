-- Owner: src/administrators. Whoever can name an address can ask for a link to a new password. That voids no link that an owner
-- handed over: each administrator can have one of either kind.
drop index account_link_reset;
create unique index account_link_reset on account_link (administrator_id, (issuer_id is null)) where kind = 'reset';
