// Generated from docs/openapi.json by `npm run api`; do not edit.

export interface paths {
    "/catalog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Adapter types, formats and fields. Forms are drawn from it. */
        get: operations["catalog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compares two checkpoints. Reading all values can take minutes; it stops when the client goes away. */
        post: operations["diff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to all jobs, as it happens: `job` with the job as in the list, `removed` with its id. A client that
         *     does not keep up is cut off, and reads the list again when it is back.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entries of a folder, folders first, with a guess at what they are from file names alone. */
        get: operations["files"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inspect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Looks at a model or an adapter, at its headers and small files. The answer is what `weldlm inspect --json` says,
         *     with the config as it stands and the chat template on a sample conversation.
         */
        post: operations["inspect"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs, the newest first. */
        get: operations["listJobs"];
        put?: never;
        /** Queues a job. */
        post: operations["submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job. */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /** Removes an ended job. One that is queued or at work is cancelled instead; remove it once it has ended. */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a job for good. What it has written stays until it is removed. */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The events of a job. With `Accept: text/event-stream` they keep coming: `id` is the cursor behind an event,
         *     `event` its type, `data` the event; `Last-Event-ID` (or `after`) goes on from there. The stream closes behind the
         *     job's end; 204 means that there will be nothing behind the cursor. Otherwise one page as JSON.
         */
        get: operations["jobEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The events of a job as they stand in its file, one JSON object a line, as a download. */
        get: operations["jobLog"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts a queued job before another, or at the end. */
        post: operations["moveJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stops a job, keeps what it has written, and frees its memory. */
        post: operations["pauseJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The plan of a job. */
        get: operations["jobPlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/receipt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The receipt of a job. */
        get: operations["jobReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes on where a job stopped. */
        post: operations["resumeJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Starts a job over. */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with the token or the password; sets the cookie of the session. Open to everyone, and limited in number. */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs out. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every message by its code, in every language. */
        get: operations["messages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models of the local hub caches below the allowed folders; an id can be used like a path. */
        get: operations["models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a request would do, from file headers alone. A request that does not fit is an answer, not an error. */
        post: operations["preflight"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All recipes, by name. */
        get: operations["listRecipes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/recipes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One recipe. */
        get: operations["getRecipe"];
        /** Stores a recipe, in place of one of the same name: a text with its format, or fields. */
        put: operations["putRecipe"];
        post?: never;
        /** Removes a recipe. */
        delete: operations["deleteRecipe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether this request is signed in, and how one signs in. Open to everyone. */
        get: operations["session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The settings. */
        get: operations["getSettings"];
        /** Changes the settings, all of them. */
        put: operations["putSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/system": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Disks, memory, processors, folders. */
        get: operations["system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What an adapter type or a format says of itself. */
        About: {
            /** @description What it cannot do. */
            limits: string[];
            /** @description The paper or specification that it follows. */
            link: string;
            /** @description Its name in requests and receipts. */
            name: string;
            /** @description One sentence in English. */
            summary: string;
            /** @description One sentence in Chinese. */
            summary_zh: string;
        };
        /**
         * @description How one signs in.
         * @enum {string}
         */
        AuthKind: "token" | "password" | "none";
        /** @description A model of a local hub cache. */
        CachedModel: {
            /** @description Its id, to be used like a path. */
            id: string;
            /** @description Where it lies. */
            path: string;
        };
        /** @description What this program can do: forms are drawn from it. */
        Catalog: {
            /** @description The adapter types that can be merged. */
            adapters: components["schemas"]["About"][];
            /** @description The fields of requests. */
            fields: components["schemas"]["Field"][];
            /** @description The formats that are read or written. */
            formats: components["schemas"]["Format"][];
        };
        /**
         * @description Why a job is interrupted.
         * @enum {string}
         */
        Cause: "paused" | "crash" | "stopped" | "disk";
        /** @description An edit of config.json. */
        ConfigEdit: {
            /** @description The key, with dots between parts. */
            key: string;
            /** @description Its new value. */
            value: unknown;
        };
        /** @description How many tensors and values were treated how. */
        Counts: {
            /**
             * Format: int64
             * @description Not in the base.
             */
            added: number;
            /**
             * Format: int64
             * @description Changed by adding to them or transforming them.
             */
            applied: number;
            /**
             * Format: int64
             * @description Values whose change was lost to rounding.
             */
            lost_to_rounding: number;
            /**
             * Format: int64
             * @description Replaced as a whole, or row by row.
             */
            replaced: number;
            /**
             * Format: int64
             * @description Rows that were recomputed in f64 and agreed.
             */
            rows_recomputed: number;
            /**
             * Format: int64
             * @description Layers left out by `safe_merge`.
             */
            skipped: number;
            /**
             * Format: int64
             * @description Tensors of the result.
             */
            tensors: number;
            /**
             * Format: int64
             * @description Left as they were.
             */
            untouched: number;
            /**
             * Format: int64
             * @description Values that differ from the base.
             */
            values_changed: number;
        };
        /** @description What is to be compared. */
        DiffRequest: {
            /** @description The one. */
            a: string;
            /** @description The other. */
            b: string;
            /** @description Compare headers and files only, not values. */
            headers?: boolean | null;
        };
        /** @description What `weldlm diff --json` says. */
        Difference: {
            [key: string]: unknown;
        };
        /** @description An entry of a folder. */
        Entry: {
            /**
             * Format: int64
             * @description Length of a file.
             */
            bytes: number | null;
            /** @description Folder or file. */
            kind: components["schemas"]["EntryKind"];
            looks: components["schemas"]["Looks"] | null;
            /** @description When it was changed (RFC 3339, UTC). */
            modified: string | null;
            /** @description Its name. */
            name: string;
            /** @description Its path. */
            path: string;
        };
        /**
         * @description Kinds of entries of a folder.
         * @enum {string}
         */
        EntryKind: "dir" | "file";
        /** @description One event of a job. Which keys it has depends on its `type`. */
        Event: {
            /**
             * Format: int64
             * @description Of `state`.
             */
            attempt?: number | null;
            cause?: components["schemas"]["Cause"] | null;
            /** @description Of `tensor`: what changed, as in the receipt. */
            change?: {
                [key: string]: unknown;
            } | null;
            counts?: components["schemas"]["Counts"] | null;
            /**
             * Format: int64
             * @description Of `progress`.
             */
            done_bytes?: number | null;
            /** @description Of `tensor`. */
            dtype?: string | null;
            /** @description Of `tensor`. */
            file?: string | null;
            /**
             * Format: int64
             * @description The cursor behind it.
             */
            id: number;
            /** @description Of `log`: `debug`, `info`, `warn` or `error`. */
            level?: string | null;
            /** @description Of `tensor`. */
            name?: string | null;
            problem?: components["schemas"]["Problem"] | null;
            /** @description Of `end`. */
            problems?: components["schemas"]["Problem"][] | null;
            /** @description Of `tensor`. */
            shape?: number[] | null;
            stage?: components["schemas"]["StageName"] | null;
            state?: components["schemas"]["JobState"] | null;
            /** @description When (RFC 3339 with milliseconds). */
            t: string;
            /** @description Of `progress`: the tensor at work. */
            tensor?: string | null;
            /** @description Of `log`, in the language of the request. */
            text?: string | null;
            texts?: components["schemas"]["Texts"] | null;
            /**
             * Format: int64
             * @description Of `stage`.
             */
            total_bytes?: number | null;
            totals?: components["schemas"]["PlanTotals"] | null;
            /** @description `state`, `stage`, `progress`, `tensor`, `warning`, `log` or `end`. */
            type: string;
            /** @description Of `tensor`: the checksum of its data. */
            xxh3?: string | null;
        };
        /** @description A page of events. */
        EventPage: {
            /** @description Whether the job has ended and there is no more. */
            end: boolean;
            /** @description The events, in order. */
            events: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description The cursor for `after` that goes on.
             */
            next: number;
            /**
             * Format: int64
             * @description The cursor for `before` that goes back; 0 at the beginning.
             */
            previous: number;
        };
        /** @description A field of a request. */
        Field: {
            /** @description What holds when it is not given. */
            default: unknown;
            /** @description What it takes. */
            kind: components["schemas"]["FieldKind"];
            /** @description Its name. */
            name: string;
            /** @description The command-line option. */
            option: string;
            /** @description The requests in which it may stand. */
            tasks: components["schemas"]["Task"][];
            /** @description The values of a choice. */
            values: string[];
        };
        /**
         * @description What a field takes.
         * @enum {string}
         */
        FieldKind: "path" | "paths" | "text" | "bool" | "choice" | "bytes" | "number" | "mapping";
        /** @description A request: the fields of a merge or an export by their names, as in `weldlm --config`. */
        Fields: {
            [key: string]: unknown;
        };
        /** @description A change of the request that would mend a problem. */
        Fix: {
            /** @description The request's field. */
            field: string;
            /** @description The same as a command-line option. */
            option: string;
            /** @description The value that it should get. */
            value: unknown;
        };
        /** @description A format. */
        Format: components["schemas"]["About"] & {
            /** @description Whether `export_format` takes it. */
            export: boolean;
            /** @description The fields that mean something for it. */
            options: components["schemas"]["Field"][];
        };
        /** @description What is to be looked at. */
        InspectRequest: {
            /** @description A base that an adapter is tried on. */
            base?: string | null;
            /** @description Folder, file, or id in the local hub cache; `PATH::NAME` means one of several adapters of a file. */
            path: string;
            /** @description Whether every tensor is listed. */
            tensors?: boolean | null;
        };
        /** @description What `weldlm inspect --json` says, with `chat_template` and `config`. */
        Inspection: {
            [key: string]: unknown;
        };
        /** @description A job. Lists leave out `request`, `problems` and `warnings`. */
        Job: {
            /** @description What can be done with it now. */
            actions: components["schemas"]["JobAction"][];
            /** @description The adapters. */
            adapters: string[];
            /**
             * Format: int64
             * @description How often it was started.
             */
            attempt: number;
            /** @description The base model, or the model to be exported. */
            base: string;
            cause: components["schemas"]["Cause"] | null;
            counts: components["schemas"]["Counts"] | null;
            /** @description When it was submitted (RFC 3339, UTC). */
            created: string;
            /**
             * Format: int64
             * @description Bytes done in this stage.
             */
            done_bytes: number;
            /** @description When it ended. */
            ended: string | null;
            /**
             * Format: double
             * @description Seconds left.
             */
            eta_seconds: number | null;
            /** @description The formats that are written. */
            formats: string[];
            /** @description Whether it has a plan. */
            has_plan: boolean;
            /** @description Whether it has a receipt. */
            has_receipt: boolean;
            /** @description Sortable by time: `YYYYMMDD-HHMMSS-xxxx`. */
            id: string;
            /** @description The output folder. */
            output: string;
            /**
             * Format: double
             * @description How far the whole job is, from 0 to 1.
             */
            overall: number;
            /**
             * Format: int64
             * @description Its place in the queue.
             */
            position: number | null;
            /** @description Why it failed. */
            problems?: components["schemas"]["Problem"][] | null;
            /**
             * Format: double
             * @description Bytes a second.
             */
            rate: number;
            request?: components["schemas"]["Fields"] | null;
            stage: components["schemas"]["StageName"] | null;
            /** @description All stages. */
            stages: components["schemas"]["JobStage"][];
            /** @description When it was last started. */
            started: string | null;
            /** @description Its state. */
            state: components["schemas"]["JobState"];
            /** @description What it does. */
            task: components["schemas"]["Task"];
            /** @description The tensor at work. */
            tensor: string | null;
            /** @description A name for people. */
            title: string;
            /**
             * Format: int64
             * @description Bytes to do in this stage.
             */
            total_bytes: number;
            totals: components["schemas"]["PlanTotals"] | null;
            /** @description What a queued job waits for besides its turn, e.g. `memory`. */
            waiting_for: string | null;
            /** @description What is worth knowing. */
            warnings?: components["schemas"]["Problem"][] | null;
        };
        /**
         * @description What can be done with a job now.
         * @enum {string}
         */
        JobAction: "pause" | "cancel" | "resume" | "retry" | "delete";
        /** @description A page of the list of jobs. */
        JobPage: {
            /** @description How many there are in each state, whether they match or not. */
            counts: {
                [key: string]: number;
            };
            /** @description The jobs, the newest first. */
            jobs: components["schemas"]["Job"][];
            /**
             * Format: int64
             * @description How many there are that match.
             */
            total: number;
        };
        /** @description One stage of a job. */
        JobStage: {
            /**
             * Format: int64
             * @description Bytes done.
             */
            done_bytes: number;
            /** @description Which one. */
            name: components["schemas"]["StageName"];
            /**
             * Format: double
             * @description How long it took, once it is over.
             */
            seconds: number | null;
            /**
             * Format: int64
             * @description Bytes to do; 0 when the stage has no bytes.
             */
            total_bytes: number;
        };
        /**
         * @description The states of a job.
         * @enum {string}
         */
        JobState: "queued" | "planning" | "running" | "verifying" | "done" | "partial" | "failed" | "cancelled" | "interrupted";
        /**
         * @description Languages that can be chosen.
         * @enum {string}
         */
        Language: "auto" | "en" | "zh";
        /** @description A folder's entries, folders first. */
        Listing: {
            /** @description Its entries. */
            entries: components["schemas"]["Entry"][];
            /** @description The folder above, if it is allowed. */
            parent: string | null;
            /** @description The folder; none for the list of allowed folders. */
            path: string | null;
            /** @description Whether there are more than are listed. */
            truncated: boolean;
        };
        /** @description What signs in. */
        Login: {
            /** @description The token or the password. */
            secret: string;
        };
        /**
         * @description What something looks like, from file names alone.
         * @enum {string}
         */
        Looks: "model" | "adapter" | "checkpoints";
        /** @description Memory of the machine. */
        Memory: {
            /**
             * Format: int64
             * @description What can still be had.
             */
            available_bytes: number | null;
            /**
             * Format: int64
             * @description All of it, or the limit of the control group.
             */
            total_bytes: number | null;
        };
        /** @description An entry of the catalogue of messages. */
        Message: {
            /** @description English. */
            en: components["schemas"]["MessageText"];
            /** @description Simplified Chinese. */
            zh: components["schemas"]["MessageText"];
        };
        /** @description An entry of the catalogue of messages, in one language; `{name}` marks a placeholder. */
        MessageText: {
            /** @description What to do next; may be empty. */
            hint: string;
            /** @description What happened. */
            text: string;
        };
        /** @description Where a queued job is to stand. */
        MoveRequest: {
            /** @description The job that it is put before; none for the end of the queue. */
            before: string | null;
        };
        /** @description A plan, as `--dry-run --json` says it. */
        Plan: {
            /** @description The adapters. */
            adapters: string[];
            /** @description The base. */
            base: string;
            /** @description Edits of config.json. */
            config_edits: components["schemas"]["ConfigEdit"][];
            /** @description Weight files. */
            files: components["schemas"]["PlanFile"][];
            /** @description How the names of each were matched. */
            names: string[];
            /** @description The output folder. */
            output: string;
            /** @description The same in every language. */
            rules: components["schemas"]["Problem"][];
            /** @description Other files. */
            side_files: components["schemas"]["PlanSideFile"][];
            /** @description What `safe_merge` leaves out. */
            skipped: components["schemas"]["PlanSkipped"][];
            /** @description Every tensor of the result. */
            tensors: components["schemas"]["PlanTensor"][];
            /** @description What it costs. */
            totals: components["schemas"]["PlanTotals"];
            /** @description What is worth knowing. */
            warnings: components["schemas"]["Problem"][];
        };
        /** @description A weight file of a plan. */
        PlanFile: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description How many tensors it holds.
             */
            tensors: number;
        };
        /** @description Another file of a plan. */
        PlanSideFile: {
            /**
             * Format: int64
             * @description Its length.
             */
            bytes: number;
            /** @description Its name. */
            name: string;
        };
        /** @description A layer that `safe_merge` leaves out. */
        PlanSkipped: {
            /** @description The module. */
            module: string;
            /** @description Why. */
            problem: components["schemas"]["Problem"];
        };
        /** @description A tensor of a plan. */
        PlanTensor: {
            /** @description The adapter types that change it. */
            changed_by: string[];
            /** @description Its type. */
            dtype: string;
            /** @description Its name. */
            name: string;
            /** @description Whether the base does not have it. */
            new: boolean;
            /** @description Its shape. */
            shape: number[];
        };
        /** @description What a plan costs. */
        PlanTotals: {
            /**
             * Format: int64
             * @description Bytes read.
             */
            bytes_read: number;
            /**
             * Format: int64
             * @description Bytes written.
             */
            bytes_written: number;
            /**
             * Format: int64
             * @description Free bytes where the result goes.
             */
            free_disk: number;
            /**
             * Format: int64
             * @description Estimate of the peak memory.
             */
            peak_memory: number;
            /**
             * Format: double
             * @description Rough estimate of the time.
             */
            seconds: number;
        };
        /** @description Whether a request fits, and what it would do. */
        Preflight: {
            /** @description Whether it can be started. */
            fits: boolean;
            plan: components["schemas"]["Plan"] | null;
            /** @description Why it cannot be started. */
            problems: components["schemas"]["Problem"][];
            task: components["schemas"]["Task"] | null;
            /** @description What is worth knowing. */
            warnings: components["schemas"]["Problem"][];
        };
        /** @description What went wrong, or is worth knowing: the one error shape. */
        Problem: {
            /** @description Stable code, to be found in the error reference. */
            code: string;
            /** @description Changes of the request that would mend it. */
            fixes: components["schemas"]["Fix"][];
            /** @description What to do next, in the language of the request; may be empty. */
            hint: string;
            /** @description Where: a file, a tensor, a field of the request. */
            place: string | null;
            /** @description Its words in every language. */
            texts: components["schemas"]["Texts"];
            /** @description What happened, in the language of the request. */
            what: string;
        };
        /** @description The receipt of a result: what is in its `weldlm.json`. */
        Receipt: {
            [key: string]: unknown;
        };
        /** @description A stored request. */
        Recipe: {
            /** @description Its fields. */
            fields: components["schemas"]["Fields"];
            /** @description `json` or `yaml`. */
            format: components["schemas"]["RecipeFormat"];
            /** @description Its name. */
            name: string;
            task: components["schemas"]["Task"] | null;
            /** @description Its text as it was written. */
            text: string;
        };
        /** @description What a recipe is to become: a text with its format, or fields. */
        RecipeEdit: {
            fields?: components["schemas"]["Fields"] | null;
            format?: components["schemas"]["RecipeFormat"] | null;
            /** @description Its text. */
            text?: string | null;
        };
        /**
         * @description How a recipe is written.
         * @enum {string}
         */
        RecipeFormat: "json" | "yaml";
        /** @description An allowed folder. */
        Root: {
            /**
             * Format: int64
             * @description Bytes that can still be written there.
             */
            free_bytes: number | null;
            /** @description Where it is. */
            path: string;
            /**
             * Format: int64
             * @description Bytes of its disk.
             */
            total_bytes: number | null;
        };
        /** @description Who is asking, and what a page must know before anything else. */
        Session: {
            /** @description How one signs in. */
            auth: components["schemas"]["AuthKind"];
            /** @description Whether this request may do anything. */
            authenticated: boolean;
            /** @description What `X-CSRF-Token` must be in requests that change something. */
            csrf: string | null;
            /** @description The language of answers to this request. */
            lang: components["schemas"]["Spoken"];
            /** @description Version of weldlm. */
            version: string;
        };
        /** @description Settings of this installation. */
        Settings: {
            /** @description The language of pages. */
            lang: components["schemas"]["Language"];
            /**
             * Format: int64
             * @description Memory that jobs may use; none for what is free.
             */
            memory_limit: number | null;
            /** @description The theme of pages. */
            theme: components["schemas"]["Theme"];
            /**
             * Format: int64
             * @description Jobs that run at the same time.
             */
            workers: number;
        };
        /**
         * @description Languages that the server speaks.
         * @enum {string}
         */
        Spoken: "en" | "zh";
        /**
         * @description The stages of a job.
         * @enum {string}
         */
        StageName: "plan" | "run" | "verify" | "publish";
        /** @description The machine and the server. */
        System: {
            /** @description Local hub caches. */
            caches: string[];
            /** @description The data folder. */
            data: string;
            /** @description Memory. */
            memory: components["schemas"]["Memory"];
            /**
             * Format: int64
             * @description Memory that jobs may use.
             */
            memory_limit: number | null;
            /**
             * Format: int64
             * @description Processors.
             */
            processors: number;
            /** @description The folders that may be read and written. */
            roots: components["schemas"]["Root"][];
            /**
             * Format: int64
             * @description Memory of the server itself.
             */
            server_bytes: number | null;
            /** @description Version of weldlm. */
            version: string;
            /**
             * Format: int64
             * @description Jobs that run at the same time.
             */
            workers: number;
        };
        /**
         * @description Kinds of work.
         * @enum {string}
         */
        Task: "merge" | "export";
        /** @description The same words in every language. */
        Texts: {
            /** @description English. */
            en: components["schemas"]["Words"];
            /** @description Simplified Chinese. */
            zh: components["schemas"]["Words"];
        };
        /**
         * @description Themes.
         * @enum {string}
         */
        Theme: "auto" | "light" | "dark";
        /** @description Words in one language. */
        Words: {
            /** @description What to do next; may be empty. */
            hint: string;
            /** @description What happened. */
            what: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The catalogue */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Catalog"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DiffRequest"];
            };
        };
        responses: {
            /** @description What differs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Difference"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    files: {
        parameters: {
            query?: {
                /** @description An absolute path; without it, the allowed folders are listed. */
                path?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The folder */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing"];
                };
            };
            /** @description It lies outside of the allowed folders */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    inspect: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InspectRequest"];
            };
        };
        responses: {
            /** @description What it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Inspection"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description States, with commas between them; all when not given. */
                state?: string;
                /** @description Text in their titles and paths. */
                q?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description How many are left out before. */
                offset?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitJob: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fields"];
            };
        };
        responses: {
            /** @description The job */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteJob: {
        parameters: {
            query?: {
                /** @description `keep` (as when not given) or `delete`: what becomes of its result, as far as this job made it. */
                output?: string;
            };
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being cancelled */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobEvents: {
        parameters: {
            query?: {
                /** @description Those behind this cursor. */
                after?: number;
                /** @description Those that end at this cursor. */
                before?: number;
                /** @description The last ones (`1`). */
                tail?: number;
                /** @description How many at most. */
                limit?: number;
                /** @description At least this level: `debug`, `info`, `warn`, `error`. */
                level?: string;
                /** @description Text in them. */
                q?: string;
                /** @description Whether progress is among them (`0` or `1`, as when not given). */
                progress?: number;
            };
            header?: never;
            path: {
                /** @description The job */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Of a stream: the job has ended, and nothing is behind the cursor */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobLog: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The log */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    moveJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveRequest"];
            };
        };
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    jobReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its id */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description Signed in; the cookie is set */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    messages: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: components["schemas"]["Message"];
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models, by id */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CachedModel"][];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preflight: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Fields"];
            };
        };
        responses: {
            /** @description The plan, or every reason why not */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preflight"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecipes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recipes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipe"][];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecipe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recipe */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipe"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putRecipe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecipeEdit"];
            };
        };
        responses: {
            /** @description The recipe */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipe"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRecipe: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settings"];
            };
        };
        responses: {
            /** @description The settings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    system: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The machine */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
            /** @description What went wrong */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
