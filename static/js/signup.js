// A newcomer's time zone, so that times are right from the first page on.

const field = document.querySelector('input[type="hidden"][name="time_zone"]');
if (field) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
