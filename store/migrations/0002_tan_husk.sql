ALTER TABLE "decisions" ADD COLUMN "channel" text NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "changes" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "facts" text NOT NULL;