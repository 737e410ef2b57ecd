// Written by `python -m tests.generated_js`: change the server instead. (playground/flow/records.py)

export const TRAVELLING = ['deliver', 'enqueue', 'publish', 'redeliver', 'request', 'response', 'retry'];
export const FAILED = ['error', 'lost', 'refused', 'rejected', 'timeout'];
export const POLLS = 'GET /api/orders/';
