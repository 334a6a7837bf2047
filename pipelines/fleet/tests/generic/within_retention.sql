{# Fails with every row dated before what is kept, or after the day that follows the run's date: models leave it out. #}
{% test within_retention(model, column_name, months) %}
select 1
from {{ model }}
where {{ column_name }} < date_trunc('month', {{ as_of() }} - interval '{{ months }} months')
   or {{ column_name }} >= {{ as_of() }} + 2
{% endtest %}
