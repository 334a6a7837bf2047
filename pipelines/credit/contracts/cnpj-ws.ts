import { defineContract } from '#shared/pipeline/define-contract.ts';
import { date, decimal, text, timestamptz } from '#shared/pipeline/field.ts';

/**
 * Company registry by CNPJ. E-mail, phone and partner names stand in the source table and are personal data:
 * they are not in the contract, so they are written nowhere.
 */
export const cnpjWs = defineContract({
  version: 1,
  key: ['cnpj'],
  fields: {
    cnpj: text({
      maxLength: 32,
      minLength: 1,
      description: 'Company number as the registry wrote it, punctuation and all; silver standardises it.',
    }),
    legal_name: text({ nullable: true, description: 'Razão social.' }),
    trade_name: text({ nullable: true, description: 'Nome fantasia.' }),
    uf: text({
      nullable: true,
      description: 'State as written at the source; see silver for the clean one.',
    }),
    city: text({ nullable: true, description: 'City as written at the source.' }),
    main_cnae: text({ nullable: true, description: 'Main activity, 7 digits.' }),
    company_size: text({ nullable: true, description: 'Porte: MEI, ME, EPP, DEMAIS.' }),
    legal_nature: text({ nullable: true, description: 'Legal nature code.' }),
    share_capital: decimal(18, 2, { nullable: true, min: '0', description: 'Capital social in BRL.' }),
    opening_date: date({ nullable: true, description: 'Day the company was opened.' }),
    registration_status: text({ nullable: true, description: 'Situação cadastral.' }),
    created_at: timestamptz({ description: 'Set once, at insert.' }),
    updated_at: timestamptz({
      nullable: true,
      description: 'Set by a trigger with now(), the start of the transaction.',
    }),
  },
});
