-- Owner: src/identity-providers

-- Each insert says these itself. One that forgot would let somebody in by the defaults that were here before.
alter table identity_provider alter column enabled set default false, alter column activation set default 'manual';
alter table application alter column enabled set default false;
alter table administrator alter column password_is_long set default false;
