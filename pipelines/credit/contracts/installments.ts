import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, decimal, int32, int64, text } from '#shared/pipeline/field.ts';

/** Payment instalments of invoices between a seller and a buyer. */
export const installments = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    id: int64({ description: 'Surrogate key of the source.' }),
    invoice_id: text({ nullable: true, maxLength: 64, description: 'Invoice the instalment belongs to.' }),
    installment_number: int32({ nullable: true, description: '1 for the first instalment of an invoice.' }),
    buyer_cnpj: text({ nullable: true, maxLength: 32, description: 'Debtor, as written at the source.' }),
    seller_cnpj: text({ nullable: true, maxLength: 32, description: 'Creditor, as written at the source.' }),
    invoice_issue_date: date({ nullable: true, description: 'Day the invoice was issued.' }),
    due_date: date({ nullable: true, description: 'Day the instalment is due.' }),
    paid_date: date({
      nullable: true,
      description: 'Day it was paid; set back to NULL when a payment is cancelled.',
    }),
    amount: decimal(18, 2, { nullable: true, description: 'Face amount in BRL.' }),
    paid_amount: decimal(18, 2, { nullable: true, description: 'Amount paid in BRL.' }),
    status: text({ nullable: true, maxLength: 32, description: 'Status as the OLTP application keeps it.' }),
  },
});
