import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files of a project by path. */
type Files = Readonly<Record<string, string>>;

const settings = (name: string): string =>
  `name: ${name}\nversion: '1.0'\nconfig-version: 2\nprofile: peers\nmodels:\n  ${name}:\n    +materialized: view\n`;

/** Views of one row that read nothing: what is measured is what a node costs. */
export const trivialViews = (count: number): Files => ({
  'dbt_project.yml': settings('views'),
  ...Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`models/view_${i}.sql`, `select ${i} as id, 'x' as name\n`]),
  ),
});

const SEED_ROWS = 100;

const seed = (columns: string, row: (i: number) => string): string =>
  `${columns}\n${Array.from({ length: SEED_ROWS }, (_, i) => `${row(i + 1)}\n`).join('')}`;

/** Ten models as a small shop has them, three seeds and some tests. */
export const tenModels: Files = {
  'dbt_project.yml': `${settings('ten')}    marts:\n      +materialized: table\n`,
  'seeds/raw_customers.csv': seed('id,name', (i) => `${i},name ${i}`),
  'seeds/raw_orders.csv': seed(
    'id,user_id,order_date,status',
    (i) =>
      `${i},${(i % 40) + 1},2024-01-${String((i % 28) + 1).padStart(2, '0')},${i % 3 ? 'completed' : 'returned'}`,
  ),
  'seeds/raw_payments.csv': seed(
    'id,order_id,method,amount',
    (i) => `${i},${i},${i % 2 ? 'card' : 'coupon'},${i * 100}`,
  ),
  'macros/cents.sql': '{% macro cents(column) %}round({{ column }} / 100.0, 2){% endmacro %}\n',
  'models/staging/stg_customers.sql': "select id as customer_id, name from {{ ref('raw_customers') }}\n",
  'models/staging/stg_orders.sql':
    "select id as order_id, user_id as customer_id, order_date, status from {{ ref('raw_orders') }}\n",
  'models/staging/stg_payments.sql':
    "select id as payment_id, order_id, method, {{ cents('amount') }} as amount from {{ ref('raw_payments') }}\n",
  'models/marts/order_payments.sql': `{% set methods = ['card', 'coupon'] %}
select order_id, {% for m in methods %}sum(case when method = '{{ m }}' then amount else 0 end) as {{ m }}_amount, {% endfor %}
  sum(amount) as amount
from {{ ref('stg_payments') }} group by order_id
`,
  'models/marts/orders.sql': `select o.*, p.card_amount, p.coupon_amount, p.amount
from {{ ref('stg_orders') }} o left join {{ ref('order_payments') }} p using (order_id)
`,
  'models/marts/customers.sql': `select c.customer_id, c.name, min(o.order_date) as first_order, count(o.order_id) as orders, sum(o.amount) as amount
from {{ ref('stg_customers') }} c left join {{ ref('orders') }} o using (customer_id) group by 1, 2
`,
  'models/marts/days.sql': `{{ config(materialized='incremental', unique_key='order_date') }}
select order_date, count(*) as orders, sum(amount) as amount from {{ ref('orders') }}
{% if is_incremental() %}where order_date >= (select max(order_date) from {{ this }}){% endif %}
group by 1
`,
  'models/marts/returns.sql': "select * from {{ ref('orders') }} where status = 'returned'\n",
  'models/marts/methods.sql':
    "select method, count(*) as n, sum(amount) as amount from {{ ref('stg_payments') }} group by 1\n",
  'models/marts/best_customers.sql':
    "select * from {{ ref('customers') }} order by amount desc nulls last limit 10\n",
  'models/schema.yml': `version: 2
models:
  - name: stg_orders
    columns:
      - name: order_id
        data_tests: [unique, not_null]
  - name: customers
    columns:
      - name: customer_id
        data_tests: [unique, not_null]
`,
};

/** Writes a project's files below a folder. */
export async function writeProject(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}
