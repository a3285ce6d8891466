#include "cmd/cli/generate.h"

#include "cmd/cli/option_table.h"
#include <stdbool.h>
#include <string.h>

static const struct {
    const char *word;
    enum cli_command command;
    const char *help;
} commands[] = {
    {"get", CLI_GET, "download"},
    {"compare", CLI_COMPARE, "the same list in every mode, compared"},
    {"mirror", CLI_MIRROR, "copies of sites, for offline use"},
    {"crawl", CLI_CRAWL, "follow links on many sites; check links"},
    {"status", CLI_STATUS, "what is known of an earlier run"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

/* What an option's value is. */
enum value_kind { VALUE_NONE, VALUE_WORDS, VALUE_FILE, VALUE_DIRECTORY, VALUE_OTHER };

static enum value_kind value_kind(const struct option_row *row)
{
    if (!row->value)
        return VALUE_NONE;
    if (row->words)
        return VALUE_WORDS;
    if (strncmp(row->value, "FILE", 4) == 0)
        return VALUE_FILE;
    return strcmp(row->value, "DIR") == 0 ? VALUE_DIRECTORY : VALUE_OTHER;
}

static bool is_shown(const struct option_row *row, enum cli_command command)
{
    return row->help && option_belongs(row, command);
}

static void put_words(FILE *out, const struct option_row *row, const char *between)
{
    for (size_t i = 0; row->words[i]; i++)
        fprintf(out, "%s%s", i ? between : "", row->words[i]);
}

/* The help as one line, fit for single quotes in all three shells; `escaped` are further
 * characters that get a backslash. */
static void put_help(FILE *out, const char *help, const char *escaped)
{
    for (; *help; help++) {
        if (strchr(escaped, *help))
            fputc('\\', out);
        if (*help == '\'')
            fputs("\xe2\x80\x99", out); /* the apostrophe of books: no quote to any shell */
        else
            fputc(*help == '\n' ? ' ' : *help, out);
    }
}

/* bash: the names of all options of a command. */
static void put_names(FILE *out, enum cli_command command)
{
    for (size_t i = 0; i < option_count; i++)
        if (is_shown(&option_table[i], command))
            fprintf(out, " --%s", option_table[i].name);
}

/* bash: what may follow an option, as a branch of its case. */
static void put_branch(FILE *out, const struct option_row *row)
{
    enum value_kind kind = value_kind(row);
    if (kind == VALUE_NONE)
        return;
    fprintf(out, "    --%s", row->name);
    if (row->letter)
        fprintf(out, " | -%c", row->letter);
    fputs(") ", out);
    if (kind == VALUE_WORDS) {
        fputs("choices=(-W '", out);
        put_words(out, row, " ");
        fputs("')", out);
    } else if (kind == VALUE_OTHER) {
        fputs("return", out);
    } else {
        fprintf(out, "choices=(%s)", kind == VALUE_FILE ? "-f" : "-d");
    }
    fputs(" ;;\n", out);
}

/* compare has an --output of its own: one branch does for both. */
static bool is_repeated(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (option_table[i].help && strcmp(option_table[i].name, option_table[index].name) == 0)
            return true;
    return false;
}

void generate_bash(FILE *out)
{
    fputs("# bash completion for fetch(1)\n"
          "_fetch() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local names choices=(-f)\n"
          "    # readline breaks --option=value at the sign\n"
          "    [ \"$word\" = = ] && word=\n"
          "    [ \"$before\" = = ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    case ${COMP_WORDS[1]} in\n",
          out);
    for (size_t i = COMMAND_COUNT; i-- > 0;) {
        fprintf(out, "    %s) names='", i ? commands[i].word : "*");
        put_names(out, commands[i].command);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n"
          "    case $word in -*) choices=(-W \"$names\") ;; esac\n"
          "    case $before in\n",
          out);
    for (size_t i = 0; i < option_count; i++)
        if (option_table[i].help && !is_repeated(i))
            put_branch(out, &option_table[i]);
    fputs("    esac\n"
          "    mapfile -t COMPREPLY < <(compgen \"${choices[@]}\" -- \"$word\")\n"
          "    [ \"$COMP_CWORD\" = 1 ] &&\n"
          "        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W '",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "%s ", commands[i].word);
    fputs("help' -- \"$word\")\n"
          "}\n"
          "complete -o filenames -F _fetch fetch\n",
          out);
}

/* zsh: "'(-j --jobs)'{-j,--jobs}'[help]:N:action'". */
static void put_specification(FILE *out, const struct option_row *row)
{
    static const char *const actions[] = {
        [VALUE_FILE] = "_files", [VALUE_DIRECTORY] = "_files -/", [VALUE_OTHER] = " "};
    enum value_kind kind = value_kind(row);
    const char *sign = row->value ? "=" : "";
    fputs("        ", out);
    if (row->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter,
                row->value ? "+" : "", row->name, sign);
    else
        fprintf(out, "'--%s%s", row->name, sign);
    fputc('[', out);
    put_help(out, row->help, "[]:\\");
    fputc(']', out);
    if (kind == VALUE_WORDS) {
        fprintf(out, ":%s:(", row->value);
        put_words(out, row, " ");
        fputc(')', out);
    } else if (kind != VALUE_NONE) {
        fputc(':', out);
        put_help(out, row->value, ":\\");
        fprintf(out, ":%s", actions[kind]);
    }
    fputs("' \\\n", out);
}

void generate_zsh(FILE *out)
{
    fputs("#compdef fetch\n"
          "# zsh completion for fetch(1)\n"
          "local -a options\n"
          "case $words[2] in\n",
          out);
    for (size_t i = COMMAND_COUNT; i-- > 0;) {
        fprintf(out, "%s)\n    options=( \\\n", i ? commands[i].word : "*");
        for (size_t j = 0; j < option_count; j++)
            if (is_shown(&option_table[j], commands[i].command))
                put_specification(out, &option_table[j]);
        fputs("    ) ;;\n", out);
    }
    fputs("esac\n"
          "if (( CURRENT == 2 )); then\n"
          "    local -a commands=(",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "'%s:%s' ", commands[i].word, commands[i].help);
    fputs("'help:what a command takes')\n"
          "    _describe command commands\n"
          "fi\n"
          "_arguments -s -S $options '*:source:_files'\n",
          out);
}

/* fish: one complete(1) a line. */
static void put_complete(FILE *out, const struct option_row *row, const char *condition)
{
    enum value_kind kind = value_kind(row);
    fprintf(out, "complete -c fetch -n '%s' -l %s", condition, row->name);
    if (row->letter)
        fprintf(out, " -s %c", row->letter);
    if (kind != VALUE_NONE)
        fputs(kind == VALUE_FILE ? " -r -F" : " -x", out);
    if (kind == VALUE_WORDS) {
        fputs(" -a '", out);
        put_words(out, row, " ");
        fputc('\'', out);
    } else if (kind == VALUE_DIRECTORY) {
        fputs(" -a '(__fish_complete_directories)'", out);
    }
    fputs(" -d '", out);
    put_help(out, row->help, "\\");
    fputs("'\n", out);
}

void generate_fish(FILE *out)
{
    fputs("# fish completion for fetch(1)\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "complete -c fetch -n __fish_is_first_token -a %s -d '%s'\n", commands[i].word,
                commands[i].help);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        char condition[64];
        snprintf(condition, sizeof condition,
                 i ? "__fish_seen_subcommand_from %s"
                   : "not __fish_seen_subcommand_from compare mirror crawl status",
                 commands[i].word);
        for (size_t j = 0; j < option_count; j++)
            if (is_shown(&option_table[j], commands[i].command))
                put_complete(out, &option_table[j], condition);
    }
}
