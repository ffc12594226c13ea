/*
 * import_result: what is wrong with a line of a file, in words.
 */

#ifndef GAVEL_IMPORT_RESULT_H
#define GAVEL_IMPORT_RESULT_H

#include "command/command.h"

/* Makes an error of a line's result: `code` and its text, in the language of
 * who asks. */
void import_result_code(gavel_call_t *call, json_t *result,
    gavel_code_t code);

/* What `wrong`, an import_wrong_t, says of this line, if it is there. */
void import_result_wrong(gavel_call_t *call, json_t *result);

#endif
