CREATE TABLE "account_paces" (
	"account" text PRIMARY KEY NOT NULL,
	"next_at_ms" double precision NOT NULL,
	"requests_per_second" double precision NOT NULL,
	"starts" double precision[] NOT NULL,
	"started" double precision NOT NULL,
	"review_at_ms" double precision NOT NULL,
	"memory" jsonb NOT NULL
);
--> statement-breakpoint
DROP TABLE "paces" CASCADE;