package io.nimoshake.mapping.rule;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A whole mapping file.
 *
 * @param tables in order; the first one that matches a table's name counts
 */
public record MappingRules(List<TableRules> tables) {
  public MappingRules {
    tables = List.copyOf(tables);
  }

  /** The rules of a table; empty if it goes, as it is, to the collection of its name. */
  public Optional<TableRules> of(String table) {
    return tables.stream().filter(rules -> rules.matches(table)).findFirst();
  }

  /** Those that decide about none of these tables: perhaps a name is misspelled. */
  public List<TableRules> without(Collection<String> names) {
    return tables.stream()
        .filter(
            rules -> names.stream().noneMatch(name -> of(name).filter(rules::equals).isPresent()))
        .toList();
  }

  /**
   * Whether a table other than this one may have documents in a collection by these rules. That is
   * about all names of tables that match, whether there are such tables or not: they may come
   * later.
   */
  public boolean isShared(String collection, String table) {
    return tables.stream().anyMatch(rules -> rules.bringsOtherThan(table, collection));
  }
}
