-- What the migrations add up to. Generated; a test compares it.

create table castellan.audit (
  epoch text collate "C" not null,
  seq bigint not null,
  entry jsonb not null,
  hash text not null,
  constraint audit_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint audit_pkey PRIMARY KEY (epoch, seq),
  constraint audit_seq_check CHECK ((seq >= 0))
);

create table castellan.migration (
  number integer not null,
  name text not null,
  checksum text not null,
  breaking boolean not null,
  build text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (number)
);

CREATE OR REPLACE FUNCTION castellan.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '%.% is append-only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
end
$function$;

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON castellan.audit FOR EACH STATEMENT EXECUTE FUNCTION castellan.refuse_change();
