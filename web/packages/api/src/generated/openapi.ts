/** Made from the API's OpenAPI document by `sh tools/web.sh generate`; not edited by hand. */

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/plain": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
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
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertPreviewOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alert_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    alert_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertOut"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    alert_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AlertBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertOut"];
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    alert_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alert_id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    alert_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertEventPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/alerts/{alert_id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    alert_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AlertTestOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["KeyPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["KeyBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewKeyOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{key_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    key_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    actor?: string | null;
                    action?: string | null;
                    entity?: string | null;
                    from?: string | null;
                    to?: string | null;
                    format?: "json" | "csv" | "ndjson";
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AuditPage"];
                        "application/x-ndjson": unknown;
                        "text/csv": unknown;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["LoginBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedInOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MeOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/orgs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MyOrgs"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PasswordBody"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RegisterBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RegisterOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/registration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RegistrationOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LoginSessionPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/auth/switch-org": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SwitchOrgBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedInOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BillingOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/billing/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PlanBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["BillingOut"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DashboardPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["CreateBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DashboardOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DashboardOut"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UpdateBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DashboardOut"];
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DataBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ExportBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": string;
                        "image/png": string;
                        "text/csv": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}/restore-published": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dashboards/{dashboard_id}/unpublish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    dashboard_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DatasetPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/datasets/{name}/ddl": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DatasetDdl"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    channel?: ("webhook" | "email") | null;
                    source?: ("alert" | "report") | null;
                    source_id?: number | null;
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/discover": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DiscoverOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/discover/auto-create": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AutoCreateBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AutoCreatedOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                    tenant_id?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MintedSessionPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["MintBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MintedOut"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: {
                    tenant_id?: string | null;
                    all?: boolean | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed-sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    session_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EmbedConfigOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ViewBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DataOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed/drill": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DrillBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DetailOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/embed/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EmbedExportBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": string;
                        "image/png": string;
                        "text/csv": string;
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnvironmentPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EnvironmentBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnvironmentOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/environments/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["EnvironmentPatch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EnvironmentOut"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        events: {
                            /** @default  */
                            event_id?: string | null;
                            event_name: string;
                            /** @default {} */
                            numeric_props?: {
                                [key: string]: number;
                            } | null;
                            /** @default {} */
                            string_props?: {
                                [key: string]: string;
                            } | null;
                            tenant_id: string;
                            timestamp?: string | null;
                            /** @default  */
                            user_id?: string | null;
                        }[];
                    };
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["EventsOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitePage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["InviteBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["NewInviteOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invites/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AcceptBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SignedInOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invites/{invite_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    invite_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    user_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RoleBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MemberOut"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/onboarding/seed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SeedBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SeedOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/org": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrgOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["OrgPatch"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["OrgOut"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/v1/org/transfer-ownership": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TransferBody"];
                };
            };
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/org/webhook-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: {
                content: {
                    "application/json": components["schemas"]["WebhookSecretBody"] | null;
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WebhookSecretOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    q: string;
                    tenant_id?: string | null;
                    all_tenants?: boolean | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PointsOut"] | components["schemas"]["TableOut"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QueryBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PointsOut"] | components["schemas"]["TableOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query/adhoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["AdhocQuery"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["AdhocAnswer"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/query/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["QueryBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["QueryPlanOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{report_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportOut"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ReportBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportOut"];
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{report_id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["StartedRunOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{report_id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportRunPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{report_id}/runs/{run_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                    run_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ReportRunOut"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reports/{report_id}/runs/{run_id}/artifact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    report_id: number;
                    run_id: number;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/pdf": string;
                        "application/zip": string;
                        "image/png": string;
                        "text/csv": string;
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedQueryPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SavedQueryBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedQueryOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/saved-queries/{saved_query_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    saved_query_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SavedQueryBody"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedQueryOut"];
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    saved_query_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{tenant_id}/data": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    tenant_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    source?: ("alert" | "report") | null;
                    source_id?: number | null;
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryPage"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhook-deliveries/{delivery_id}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    delivery_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DeliveryOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/widgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string | null;
                };
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["WidgetPage"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WidgetBody"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryWidgetOut"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/widgets/{widget_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    widget_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryWidgetOut"];
                    };
                };
            };
        };
        put: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    widget_id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["WidgetUpdate"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["LibraryWidgetOut"];
                    };
                };
            };
        };
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    widget_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/widgets/{widget_id}/publish": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: {
                    "X-Emban-Environment"?: string;
                };
                path: {
                    widget_id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
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
        AcceptBody: {
            /** @default  */
            name?: string | null;
            password: string;
            token: string;
        };
        AdhocAnswer: {
            columns: components["schemas"]["ResultColumn"][];
            rows: unknown[][];
            stats: components["schemas"]["AdhocStats"];
            totals?: unknown[] | null;
            warnings: string[];
        };
        AdhocQuery: {
            sql: string;
        };
        AdhocStats: {
            rows_read: number;
            rows_returned: number;
            truncated: boolean;
            wall_ms: number;
        };
        AlertBody: {
            /** @enum {string} */
            condition_type: "threshold" | "delta" | "no_data";
            /** @default 60 */
            cooldown_minutes?: number | null;
            dashboard_id?: string | null;
            email_to?: string[] | null;
            /** @default true */
            enabled?: boolean | null;
            /** @default 0 */
            for_minutes?: number | null;
            /** @default 60 */
            lookback_minutes?: number | null;
            name: string;
            /** @default false */
            notify_resolved?: boolean | null;
            operator?: ("gt" | "lt" | "gte" | "lte") | null;
            tenant_id?: string | null;
            threshold_value?: number | null;
            webhook_url?: string | null;
            widget_id: string;
        };
        AlertEventOut: {
            as_of: string | null;
            at: string;
            deliveries: components["schemas"]["SentMessageOut"][];
            id: number;
            note: string | null;
            previous_value: number | null;
            /** @enum {string} */
            state: "firing" | "ok";
            threshold_value: number | null;
            value: number | null;
            window: components["schemas"]["EventWindow"];
        };
        AlertEventPage: {
            items: components["schemas"]["AlertEventOut"][];
            next_cursor: string | null;
        };
        AlertOut: {
            /** @enum {string} */
            condition_type: "threshold" | "delta" | "no_data";
            cooldown_minutes: number;
            created_at: string;
            dashboard_id: string | null;
            email_to: string[];
            enabled: boolean;
            environment: string;
            for_minutes: number;
            id: number;
            last_evaluated_at: string | null;
            last_fired_at: string | null;
            last_value: number | null;
            lookback_minutes: number;
            name: string;
            next_evaluation_at: string | null;
            notify_resolved: boolean;
            operator: ("gt" | "lt" | "gte" | "lte") | null;
            problem: string | null;
            /** @enum {string} */
            state: "ok" | "pending" | "firing" | "unknown";
            tenant_id: string | null;
            threshold_value: number | null;
            updated_at: string;
            webhook_url: string | null;
            widget_id: string;
        };
        AlertPage: {
            items: components["schemas"]["AlertOut"][];
            next_cursor: string | null;
        };
        AlertPreviewOut: {
            evaluated: number;
            firings: components["schemas"]["PreviewFiring"][];
            points: components["schemas"]["PreviewPoint"][];
            step_minutes: number;
        };
        AlertTestOut: {
            deliveries: components["schemas"]["DeliveryOut"][];
        };
        AuditPage: {
            items: components["schemas"]["AuditRowOut"][];
            next_cursor: string | null;
        };
        AuditRowOut: {
            action: string;
            actor: string;
            address: string | null;
            /** Format: date-time */
            at: string;
            entity_id: string;
            entity_type: string;
            hash: string;
            id: number;
            metadata: {
                [key: string]: unknown;
            };
            seq: number;
        };
        AutoCreateBody: Record<string, never>;
        AutoCreatedOut: {
            dashboard_id: string;
            name: string;
            widgets: number;
        };
        BaseFigureIn: {
            event_name?: string | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            /** @enum {string} */
            metric: "count" | "count_unique" | "count_unique_approx" | "sum" | "avg" | "min" | "max" | "p50" | "p95" | "p99" | "p50_approx" | "p95_approx" | "p99_approx" | "formula";
            prop?: string | null;
        };
        BillingOut: {
            api_keys: components["schemas"]["CountOut"];
            editor_seats: components["schemas"]["CountOut"];
            events_limit: number;
            events_used: number;
            features: {
                [key: string]: boolean;
            };
            /** Format: date-time */
            period_end: string;
            /** Format: date-time */
            period_start: string;
            /** @enum {string} */
            plan: "free" | "starter" | "growth" | "scale";
            published_dashboards: components["schemas"]["CountOut"];
            queries_limit: number;
            queries_used: number;
            self_serve: boolean;
            /** @constant */
            status: "active";
        };
        BrandingOut: {
            powered_by: boolean;
        };
        ChangedWidgetsOut: {
            added: string[];
            changed: string[];
            removed: string[];
        };
        ColumnIn: {
            event_name?: string | null;
            figures?: {
                [key: string]: components["schemas"]["BaseFigureIn"];
            } | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            formula?: string | null;
            metric?: ("count" | "count_unique" | "count_unique_approx" | "sum" | "avg" | "min" | "max" | "p50" | "p95" | "p99" | "p50_approx" | "p95_approx" | "p99_approx" | "formula") | null;
            name?: string | null;
            prop?: string | null;
            title?: string | null;
        };
        CountOut: {
            limit: number | null;
            used: number;
        };
        CreateBody: {
            config?: components["schemas"]["DashboardConfig"] | null;
            name: string;
        };
        DashboardConfig: {
            filters?: components["schemas"]["FilterBar"] | null;
            theme?: components["schemas"]["Theme"] | null;
            widgets?: components["schemas"]["WidgetConfig"][] | null;
        };
        DashboardItem: {
            created_at: string;
            environment: string;
            has_unpublished_changes: boolean;
            id: string;
            name: string;
            published_at: string | null;
            published_version: number | null;
            /** @enum {string} */
            status: "draft" | "published";
            updated_at: string;
            version: number;
        };
        DashboardOut: {
            config: {
                [key: string]: unknown;
            };
            created_at: string;
            difference?: components["schemas"]["DifferenceOut"] | null;
            environment: string;
            has_unpublished_changes: boolean;
            id: string;
            name: string;
            published_at: string | null;
            published_config?: {
                [key: string]: unknown;
            } | null;
            published_version: number | null;
            /** @enum {string} */
            status: "draft" | "published";
            updated_at: string;
            version: number;
        };
        DashboardPage: {
            items: components["schemas"]["DashboardItem"][];
            next_cursor: string | null;
        };
        DataBody: {
            all_tenants?: true | null;
            date_from?: string | null;
            date_to?: string | null;
            draft?: boolean | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            /** @default false */
            reload?: boolean | null;
            tenant_id?: string | null;
            timezone?: string | null;
            widgets?: string[] | null;
        };
        DataOut: {
            as_of: string | null;
            widgets: {
                [key: string]: components["schemas"]["PointsOut"] | components["schemas"]["TableOut"] | components["schemas"]["WidgetFailureOut"];
            };
        };
        DatasetBody: {
            columns: components["schemas"]["DatasetColumnBody"][];
            comment: string;
            name: string;
        };
        DatasetColumnBody: {
            comment: string;
            name: string;
            type: string;
        };
        DatasetDdl: {
            ddl: string;
            name: string;
        };
        DatasetPage: {
            items: components["schemas"]["DatasetBody"][];
            next_cursor?: string | null;
        };
        DeliveryOut: {
            address: string | null;
            answer: string | null;
            /** Format: date-time */
            at: string;
            attempt: number;
            /** @enum {string} */
            channel: "webhook" | "email";
            delivered: boolean;
            error: string | null;
            final: boolean;
            id: number;
            message_id: string;
            ms: number | null;
            request_id: string | null;
            /** @enum {string} */
            source: "alert" | "report";
            source_id: number;
            source_name: string;
            status_code: number | null;
            url: string | null;
        };
        DeliveryPage: {
            items: components["schemas"]["DeliveryOut"][];
            next_cursor: string | null;
        };
        DetailColumnOut: {
            name: string;
            /** @enum {string} */
            type: "timestamp" | "string" | "number";
        };
        DetailOut: {
            columns: components["schemas"]["DetailColumnOut"][];
            local: string[];
            meta: components["schemas"]["MetaOut"];
            rows: (string | number | null)[][];
            truncated: boolean;
        };
        DifferenceOut: {
            filters: boolean;
            name: components["schemas"]["RenamedOut"] | null;
            theme: boolean;
            widgets: components["schemas"]["ChangedWidgetsOut"];
        };
        DiscoverOut: {
            dimensions: components["schemas"]["FoundDimensionOut"][];
            environment: string;
            event_names: components["schemas"]["EventOut"][];
            events: number;
            first_seen: string | null;
            last_seen: string | null;
            measures: components["schemas"]["MeasureOut"][];
            tenants: number;
            users: number;
            window: components["schemas"]["WindowOut"];
        };
        DrillBody: {
            date_from?: string | null;
            date_to?: string | null;
            dimension: string;
            filters?: components["schemas"]["FiltersIn"] | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            timezone?: string | null;
            value: string;
            widget_id: string;
        };
        EmbedConfigOut: {
            dashboard: components["schemas"]["EmbedDashboardOut"];
            filters: components["schemas"]["EmbedFiltersOut"];
            permissions: components["schemas"]["EmbedPermissionsOut"];
            session: components["schemas"]["EmbedSessionOut"];
        };
        EmbedDashboardOut: {
            branding: components["schemas"]["BrandingOut"];
            id: string;
            layout: components["schemas"]["GridOut"];
            name: string;
            theme: {
                [key: string]: string;
            };
            timezone: string;
            widgets: components["schemas"]["PageWidgetOut"][];
        };
        EmbedExportBody: {
            /** @default false */
            bom?: boolean | null;
            date_from?: string | null;
            date_to?: string | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            /** @enum {string} */
            format: "csv" | "png" | "pdf";
            /** @default en */
            locale?: string | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            timezone?: string | null;
            widget_id?: string | null;
        };
        EmbedFiltersOut: {
            default_period: string;
            dimensions: components["schemas"]["FilterDimensionOut"][];
            numeric: string[];
            periods: string[];
        };
        EmbedPermissionsOut: {
            allow_drill_down: boolean;
            allow_export: boolean;
            allowed_dimensions: string[] | null;
            allowed_periods: string[] | null;
            max_date_range_days: number;
        };
        EmbedSessionOut: {
            expires_in: number;
        };
        EnvironmentBody: {
            name: string;
            retention_days?: number | null;
        };
        EnvironmentOut: {
            /** Format: date-time */
            created_at: string;
            name: string;
            retention_days: number | null;
        };
        EnvironmentPage: {
            items: components["schemas"]["EnvironmentOut"][];
            next_cursor: string | null;
        };
        EnvironmentPatch: {
            retention_days: number | null;
        };
        Error: {
            /** @enum {string} */
            code: "address_not_allowed" | "adhoc_suspended" | "already_member" | "api_keys_limit" | "audit_log_not_in_plan" | "bad_cursor" | "body_gone" | "concurrency_limited" | "conflict" | "cross_site_request" | "dashboard_unpublished" | "dimension_not_shown" | "drill_down_not_allowed" | "editor_seats_limit" | "email_registered" | "embed_permissions_not_in_plan" | "environment_exists" | "environment_in_use" | "events_limit" | "export_not_allowed" | "filter_not_allowed" | "forbidden" | "head_too_large" | "internal_error" | "invalid_credentials" | "invalid_request" | "invite_pending" | "isolation_unproved" | "key_confined" | "key_expired" | "malformed_json" | "method_not_allowed" | "not_found" | "not_published" | "overloaded" | "payload_too_large" | "period_not_allowed" | "published_dashboards_limit" | "queries_limit" | "query_budget" | "query_too_expensive" | "rate_limited" | "registration_closed" | "render_failed" | "render_too_expensive" | "request_timeout" | "sql_error" | "sql_refused" | "store_unavailable" | "tenant_required" | "theme_not_in_plan" | "token_expired" | "token_invalid" | "token_revoked" | "unauthorized" | "unknown_environment" | "unsupported_content_type" | "version_conflict" | "widget_not_available";
            error: string;
            fields?: {
                message: string;
                path: string;
            }[];
        } & {
            [key: string]: unknown;
        };
        EventErrorOut: {
            index: number;
            message: string;
            path: string;
        };
        EventOut: {
            count: number;
            first_seen: string;
            last_seen: string;
            name: string;
        };
        EventWindow: {
            from: string;
            to: string;
        };
        EventsOut: {
            accepted: number;
            /** @default 0 */
            duplicates?: number;
            /** @default [] */
            errors?: components["schemas"]["EventErrorOut"][];
            /** @default 0 */
            rejected?: number;
            status: string;
        };
        ExportBody: {
            all_tenants?: true | null;
            /** @default false */
            bom?: boolean | null;
            date_from?: string | null;
            date_to?: string | null;
            draft?: boolean | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            /** @enum {string} */
            format: "csv" | "png" | "pdf";
            /** @default en */
            locale?: string | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            tenant_id?: string | null;
            timezone?: string | null;
            widget_id?: string | null;
        };
        FigureIn: {
            event_name?: string | null;
            figures?: {
                [key: string]: components["schemas"]["BaseFigureIn"];
            } | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            formula?: string | null;
            /** @enum {string} */
            metric: "count" | "count_unique" | "count_unique_approx" | "sum" | "avg" | "min" | "max" | "p50" | "p95" | "p99" | "p50_approx" | "p95_approx" | "p99_approx" | "formula";
            prop?: string | null;
            title?: string | null;
        };
        FilterBar: {
            default_period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            dimensions?: string[] | null;
            numeric?: string[] | null;
            periods?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year")[] | null;
            timezone?: string | null;
        };
        FilterDimensionOut: {
            name: string;
            values: string[];
        };
        FiltersIn: {
            dimensions?: {
                [key: string]: string | string[];
            } | null;
            numeric_ranges?: {
                [key: string]: components["schemas"]["NumericRangeIn"];
            } | null;
        };
        FirstKeyOut: {
            environment: string;
            id: string;
            key: string;
            label: string;
            prefix: string;
            scope: string;
        };
        FoundDimensionOut: {
            cardinality: number;
            count: number;
            event_names: string[];
            label: string;
            name: string;
            top_values: components["schemas"]["ValueOut"][];
        };
        GridOut: {
            columns: number;
        };
        InviteBody: {
            email: string;
            /** @enum {string} */
            role: "viewer" | "editor" | "admin" | "owner";
        };
        InviteOut: {
            /** Format: date-time */
            created_at: string;
            email: string;
            expired: boolean;
            /** Format: date-time */
            expires_at: string;
            id: string;
            invited_by: string;
            /** @enum {string} */
            role: "viewer" | "editor" | "admin" | "owner";
        };
        InvitePage: {
            items: components["schemas"]["InviteOut"][];
            next_cursor: string | null;
        };
        KeyBody: {
            allowed_cidrs?: string[] | null;
            environment?: string | null;
            /** @default false */
            environment_only?: boolean | null;
            expires_at?: string | null;
            label: string;
            /** @enum {string} */
            scope: "admin" | "ingest";
        };
        KeyOut: {
            allowed_cidrs: string[] | null;
            /** Format: date-time */
            created_at: string;
            created_by: string | null;
            environment: string;
            environment_only: boolean;
            expires_at: string | null;
            id: string;
            label: string;
            last_used_at: string | null;
            prefix: string;
            /** @enum {string} */
            scope: "admin" | "ingest";
        };
        KeyPage: {
            items: components["schemas"]["KeyOut"][];
            next_cursor: string | null;
        };
        LibraryWidgetOut: {
            chart: string;
            /** Format: date-time */
            created_at: string;
            description?: string | null;
            format?: string | null;
            good?: string | null;
            has_unpublished_changes: boolean;
            id: string;
            /** @enum {string} */
            kind: "kpi" | "timeseries" | "breakdown" | "table";
            layout?: {
                [key: string]: number;
            } | null;
            published_at: string | null;
            published_config?: {
                [key: string]: unknown;
            } | null;
            published_version: number | null;
            query: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            status: "draft" | "published";
            target?: number | null;
            title: string;
            unit?: string | null;
            /** Format: date-time */
            updated_at: string;
            version: number;
        };
        LoginBody: {
            email: string;
            password: string;
        };
        LoginSessionOut: {
            address: string | null;
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /** Format: date-time */
            last_seen_at: string;
            user_agent: string | null;
        };
        LoginSessionPage: {
            items: components["schemas"]["LoginSessionOut"][];
            next_cursor: string | null;
        };
        MeOut: {
            environment: string;
            org: components["schemas"]["OwnOrgOut"];
            role: string | null;
            scope: string | null;
            user: components["schemas"]["UserOut"] | null;
        };
        MeasureOut: {
            avg: number;
            count: number;
            event_names: string[];
            max: number;
            min: number;
            name: string;
        };
        MemberOut: {
            email: string;
            /** Format: date-time */
            joined_at: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "editor" | "admin" | "owner";
            user_id: string;
        };
        MemberPage: {
            items: components["schemas"]["MemberOut"][];
            next_cursor: string | null;
        };
        MetaOut: {
            as_of: string | null;
            cached: boolean;
            compare?: ("previous_period" | "previous_year") | null;
            /** @enum {string} */
            granularity: "none" | "minute" | "hour" | "day" | "week" | "month";
            ms: number;
            overflow?: true | null;
            /** @enum {string} */
            path: "raw" | "hourly" | "daily" | "cache";
            previous_unpaired?: number | null;
            previous_window?: {
                [key: string]: string;
            } | null;
            relative_error?: number | null;
            /** @default 0 */
            rows_read?: number;
            timezone: string;
            window: {
                [key: string]: string;
            };
        };
        MintBody: {
            dashboard_id: string;
            /** @default 3600 */
            expires_in?: number | null;
            permissions?: components["schemas"]["PermissionsBody"] | null;
            tenant_id: string;
        };
        MintedOut: {
            embed_url: string;
            expires_at: string;
            id: string;
            token: string;
        };
        MintedSessionOut: {
            created_at: string;
            created_by: string;
            dashboard_id: string;
            environment: string;
            expires_at: string;
            id: string;
            permissions: {
                [key: string]: unknown;
            };
            tenant_id: string;
        };
        MintedSessionPage: {
            items: components["schemas"]["MintedSessionOut"][];
            next_cursor: string | null;
        };
        MyOrgOut: {
            current: boolean;
            id: string;
            name: string;
            plan: string;
            role: string;
        };
        MyOrgs: {
            items: components["schemas"]["MyOrgOut"][];
            next_cursor?: string | null;
        };
        NewInviteOut: {
            accept_url: string;
            /** Format: date-time */
            created_at: string;
            email: string;
            emailed: boolean;
            expired: boolean;
            /** Format: date-time */
            expires_at: string;
            id: string;
            invited_by: string;
            notice: string;
            /** @enum {string} */
            role: "viewer" | "editor" | "admin" | "owner";
            token: string;
        };
        NewKeyOut: {
            allowed_cidrs: string[] | null;
            /** Format: date-time */
            created_at: string;
            created_by: string | null;
            environment: string;
            environment_only: boolean;
            expires_at: string | null;
            id: string;
            key: string;
            label: string;
            last_used_at: string | null;
            prefix: string;
            /** @enum {string} */
            scope: "admin" | "ingest";
        };
        NumericRangeIn: {
            max?: number | null;
            min?: number | null;
        };
        OrgOut: {
            allowed_recipient_domains: string[] | null;
            /** Format: date-time */
            created_at: string;
            embed_origins: string[];
            id: string;
            name: string;
            plan: string;
        };
        OrgPatch: {
            allowed_recipient_domains?: string[] | null;
            embed_origins?: string[] | null;
            name?: string | null;
        };
        OwnOrgOut: {
            id: string;
            name: string;
            plan: string;
        };
        PageWidgetOut: {
            /** @enum {string} */
            chart: "stat" | "progress" | "bar" | "area" | "line" | "stacked_bar" | "list" | "horizontal_bar" | "donut" | "table";
            description?: string | null;
            format?: string | null;
            good?: ("up" | "down") | null;
            id: string;
            /** @enum {string} */
            kind: "kpi" | "timeseries" | "breakdown" | "table";
            layout: components["schemas"]["WidgetLayout"];
            query: components["schemas"]["QueryShapeOut"];
            target?: number | null;
            title: string;
            unit?: string | null;
        };
        PassedPathOut: {
            path: string;
            reason: string;
        };
        PasswordBody: {
            current_password: string;
            new_password: string;
        };
        PermissionsBody: {
            /** @default true */
            allow_drill_down?: boolean | null;
            /** @default true */
            allow_export?: boolean | null;
            allowed_dimensions?: string[] | null;
            allowed_periods?: string[] | null;
            hidden_widgets?: string[] | null;
            locked_filters?: {
                [key: string]: string | string[];
            } | null;
            /** @default 0 */
            max_date_range_days?: number | null;
        };
        PlanBody: {
            /** @enum {string} */
            plan: "free" | "starter" | "growth" | "scale";
        };
        PointOut: {
            delta_pct?: number | null;
            group: string[];
            local?: string | null;
            other?: true | null;
            previous_value?: number | null;
            series?: string | null;
            t: string | null;
            value: number | null;
        };
        PointsOut: {
            meta: components["schemas"]["MetaOut"];
            points: components["schemas"]["PointOut"][];
        };
        PreviewFiring: {
            fired_at: string;
            resolved_at: string | null;
            value: number | null;
        };
        PreviewPoint: {
            t: string;
            value: number | null;
        };
        QueryBody: {
            all_tenants?: boolean | null;
            as_of?: string | null;
            query: components["schemas"]["QueryIn"];
            /** @default false */
            reload?: boolean | null;
            tenant_id?: string | null;
        };
        QueryIn: {
            as_of?: string | null;
            columns?: (string | components["schemas"]["ColumnIn"])[] | null;
            compare?: ("previous_period" | "previous_year") | null;
            /** @default false */
            cumulative?: boolean | null;
            date_from?: string | null;
            date_to?: string | null;
            event_name?: string | null;
            figures?: {
                [key: string]: components["schemas"]["BaseFigureIn"];
            } | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            formula?: string | null;
            /** @default none */
            granularity?: ("none" | "minute" | "hour" | "day" | "week" | "month" | "auto") | null;
            group_by?: (string | string[]) | null;
            limit?: number | null;
            metric?: ("count" | "count_unique" | "count_unique_approx" | "sum" | "avg" | "min" | "max" | "p50" | "p95" | "p99" | "p50_approx" | "p95_approx" | "p99_approx" | "formula") | null;
            moving_average?: number | null;
            order?: ("asc" | "desc") | null;
            order_by?: string | null;
            /** @default false */
            other?: boolean | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            prop?: string | null;
            series?: {
                [key: string]: components["schemas"]["FigureIn"];
            } | null;
            /** @default UTC */
            timezone?: string | null;
        };
        QueryPlanOut: {
            as_of: string | null;
            passed: components["schemas"]["PassedPathOut"][];
            path: string;
            rolled_dimensions: string[];
            rolled_measures: string[];
            rolled_up_to: string | null;
            statements: components["schemas"]["StatementOut"][];
        };
        QueryShapeOut: {
            compare?: string | null;
            /** @default false */
            cumulative?: boolean;
            granularity?: string | null;
            group_by?: string[];
            metric?: string | null;
            moving_average?: number | null;
            prop?: string | null;
            series?: components["schemas"]["SeriesOut"][] | null;
        };
        RegisterBody: {
            email: string;
            /** @default  */
            name?: string | null;
            org_name: string;
            password: string;
        };
        RegisterOut: {
            api_key: components["schemas"]["FirstKeyOut"];
            org: components["schemas"]["OwnOrgOut"];
            user: components["schemas"]["UserOut"];
        };
        RegistrationOut: {
            first: boolean;
            open: boolean;
        };
        RenamedOut: {
            draft: string;
            published: string;
        };
        ReportBody: {
            /** @default false */
            csv_zip?: boolean | null;
            dashboard_id: string;
            day_of_month?: number | null;
            day_of_week?: number | null;
            email_to?: string[] | null;
            /** @default true */
            enabled?: boolean | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            /** @enum {string} */
            format: "csv" | "png" | "pdf";
            hour: number;
            name: string;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year" | "previous") | null;
            /** @enum {string} */
            schedule_kind: "daily" | "weekly" | "monthly";
            tenant_id?: string | null;
            /** @default UTC */
            timezone?: string | null;
            webhook_url?: string | null;
        };
        ReportOut: {
            created_at: string;
            csv_zip: boolean;
            dashboard_id: string;
            day_of_month: number | null;
            day_of_week: number | null;
            email_to: string[];
            enabled: boolean;
            environment: string;
            filters: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            format: "csv" | "png" | "pdf";
            hour: number;
            id: number;
            name: string;
            next_run_at: string | null;
            period: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year" | "previous") | null;
            /** @enum {string} */
            schedule_kind: "daily" | "weekly" | "monthly";
            tenant_id: string | null;
            timezone: string;
            updated_at: string;
            webhook_url: string | null;
        };
        ReportPage: {
            items: components["schemas"]["ReportOut"][];
            next_cursor: string | null;
        };
        ReportRunOut: {
            artifact: boolean;
            as_of: string | null;
            bytes: number | null;
            created_at: string;
            deliveries: components["schemas"]["SentMessageOut"][];
            error: string | null;
            finished_at: string | null;
            id: number;
            scheduled_for: string;
            started_at: string | null;
            /** @enum {string} */
            status: "queued" | "running" | "delivered" | "partly_delivered" | "failed";
            /** @enum {string} */
            trigger: "schedule" | "manual";
        };
        ReportRunPage: {
            items: components["schemas"]["ReportRunOut"][];
            next_cursor: string | null;
        };
        ResultColumn: {
            name: string;
            type: string;
        };
        RoleBody: {
            /** @enum {string} */
            role: "viewer" | "editor" | "admin" | "owner";
        };
        SavedQueryBody: {
            name: string;
            sql: string;
        };
        SavedQueryOut: {
            /** Format: date-time */
            created_at: string;
            created_by: string;
            id: string;
            name: string;
            sql: string;
            /** Format: date-time */
            updated_at: string;
        };
        SavedQueryPage: {
            items: components["schemas"]["SavedQueryOut"][];
            next_cursor: string | null;
        };
        SeedBody: Record<string, never>;
        SeedOut: {
            dashboard_id: string;
            events: number;
            tenants: string[];
        };
        SentMessageOut: {
            attempts: number;
            /** @enum {string} */
            channel: "webhook" | "email";
            id: string;
            /** @enum {string} */
            status: "pending" | "delivered" | "failed";
            to: string;
        };
        SeriesOut: {
            name: string;
            title: string;
        };
        SignedInOut: {
            org: components["schemas"]["OwnOrgOut"];
            user: components["schemas"]["UserOut"];
        };
        StartedRunOut: {
            run_id: number;
        };
        StatementOut: {
            parameters: {
                [key: string]: unknown;
            };
            sql: string;
        };
        SwitchOrgBody: {
            org_id: string;
        };
        TableColumnOut: {
            name: string;
            /** @enum {string} */
            type: "string" | "integer" | "number";
        };
        TableOut: {
            columns: components["schemas"]["TableColumnOut"][];
            meta: components["schemas"]["MetaOut"];
            rows: (string | number | null)[][];
        };
        Theme: {
            backgroundColor?: string | null;
            cardBackground?: string | null;
            cardBorder?: string | null;
            mode?: ("auto" | "light" | "dark") | null;
            mutedColor?: string | null;
            primaryColor?: string | null;
            textColor?: string | null;
        };
        TransferBody: {
            user_id: string;
        };
        UpdateBody: {
            config?: components["schemas"]["DashboardConfig"] | null;
            name?: string | null;
            version: number;
        };
        UserOut: {
            email: string;
            id: string;
            name: string;
        };
        ValueOut: {
            count: number;
            value: string;
        };
        ViewBody: {
            date_from?: string | null;
            date_to?: string | null;
            filters?: components["schemas"]["FiltersIn"] | null;
            period?: ("1h" | "24h" | "today" | "yesterday" | "7d" | "this_week" | "last_week" | "30d" | "this_month" | "last_month" | "90d" | "this_year") | null;
            /** @default false */
            reload?: boolean | null;
            timezone?: string | null;
            widgets?: string[] | null;
        };
        WebhookSecretBody: Record<string, never>;
        WebhookSecretOut: {
            /** Format: date-time */
            created_at: string;
            previous_signs_until: string | null;
            secret: string;
        };
        WidgetBody: {
            chart?: ("stat" | "progress" | "bar" | "area" | "line" | "stacked_bar" | "list" | "horizontal_bar" | "donut" | "table") | null;
            description?: string | null;
            format?: ("number" | "integer" | "percent" | "ratio" | "duration" | "bytes" | "currency") | null;
            good?: ("up" | "down") | null;
            id?: null;
            /** @enum {string} */
            kind: "kpi" | "timeseries" | "breakdown" | "table";
            layout?: components["schemas"]["WidgetLayout"] | null;
            query: components["schemas"]["QueryIn"];
            target?: number | null;
            title: string;
            unit?: string | null;
        };
        WidgetConfig: {
            chart?: ("stat" | "progress" | "bar" | "area" | "line" | "stacked_bar" | "list" | "horizontal_bar" | "donut" | "table") | null;
            description?: string | null;
            format?: ("number" | "integer" | "percent" | "ratio" | "duration" | "bytes" | "currency") | null;
            good?: ("up" | "down") | null;
            id?: string | null;
            /** @enum {string} */
            kind: "kpi" | "timeseries" | "breakdown" | "table";
            layout?: components["schemas"]["WidgetLayout"] | null;
            query: components["schemas"]["QueryIn"];
            target?: number | null;
            title: string;
            unit?: string | null;
        };
        WidgetFailureOut: {
            code: string;
            error: string;
        };
        WidgetLayout: {
            h: number;
            w: number;
            x: number;
            y: number;
        };
        WidgetPage: {
            items: components["schemas"]["LibraryWidgetOut"][];
            next_cursor: string | null;
        };
        WidgetUpdate: {
            chart?: ("stat" | "progress" | "bar" | "area" | "line" | "stacked_bar" | "list" | "horizontal_bar" | "donut" | "table") | null;
            description?: string | null;
            format?: ("number" | "integer" | "percent" | "ratio" | "duration" | "bytes" | "currency") | null;
            good?: ("up" | "down") | null;
            id?: null;
            /** @enum {string} */
            kind: "kpi" | "timeseries" | "breakdown" | "table";
            layout?: components["schemas"]["WidgetLayout"] | null;
            query: components["schemas"]["QueryIn"];
            target?: number | null;
            title: string;
            unit?: string | null;
            version?: number | null;
        };
        WindowOut: {
            complete: boolean;
            date_from: string | null;
            date_to: string | null;
            events: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
