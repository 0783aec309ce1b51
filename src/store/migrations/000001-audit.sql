--! breaking

create schema castellan;

create table castellan.migration (
  number int4 primary key,
  name text not null,
  checksum text not null,
  breaking bool not null,
  build text not null,
  applied_at timestamptz not null default now()
);

-- One hash chain per epoch (the life of one process); audit-chain.ts says what is hashed.
create table castellan.audit (
  epoch text collate "C" not null,
  seq int8 not null check (seq >= 0),
  entry jsonb not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  primary key (epoch, seq)
);

create function castellan.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete or truncate on castellan.audit
  for each statement execute function castellan.refuse_change();
