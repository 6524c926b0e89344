package io.nimoshake.mapping;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.mapping.bytes.CompiledTable;
import io.nimoshake.mapping.identity.IdentityCheck;
import io.nimoshake.mapping.plain.ComparableMapping;
import io.nimoshake.mapping.plain.Expected;
import io.nimoshake.mapping.plain.PlainMapping;
import io.nimoshake.mapping.plain.PlainPlaces;
import io.nimoshake.mapping.rule.MappingRules;
import io.nimoshake.mapping.rule.TableRules;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.mapping.yaml.MappingReader;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;

/** A mapping that a file gives ({@code mapping.file}). */
public final class FileMapping implements ComparableMapping {
  private final String file;
  private final MappingRules rules;
  private final FieldNames names;

  private FileMapping(String file, MappingRules rules, FieldNames names) {
    this.file = file;
    this.rules = rules;
    this.names = names;
  }

  /**
   * Understands the text of a mapping file.
   *
   * @param file the name of the file, for messages
   * @param names how attributes are named in documents
   * @throws MappingException if the text is wrong, with every problem
   */
  public static FileMapping parse(String file, String text, FieldNames names)
      throws MappingException {
    return new FileMapping(file, MappingReader.read(file, text), names);
  }

  /** The rules, for those who interpret them themselves. */
  public MappingRules rules() {
    return rules;
  }

  @Override
  public Optional<OfTable> of(TableSchema table) {
    return rules
        .of(table.name())
        .map(
            of ->
                new CompiledTable(
                    of.of(table.name()),
                    table,
                    names,
                    collection -> rules.isShared(collection, table.name())));
  }

  @Override
  public Optional<Function<BsonDocument, Expected>> expected(TableSchema table) {
    return rules
        .of(table.name())
        .map(of -> new PlainMapping(of.of(table.name()), table, names)::expected);
  }

  @Override
  public Places places(TableSchema table) {
    TableRules of = rules.of(table.name()).orElseThrow();
    return new PlainPlaces(of.of(table.name()), table, names);
  }

  @Override
  public Optional<String> takenAsRight() {
    return Optional.empty();
  }

  /** One line for each name in the file that is of none of these tables. */
  public List<String> unusedNames(Collection<String> tables) {
    return rules.without(tables).stream()
        .map(
            unused ->
                file
                    + ", "
                    + unused.place()
                    + ": no table that is synced has the name '"
                    + unused.pattern()
                    + "'")
        .toList();
  }

  @Override
  public List<String> problems(Collection<TableSchema> tables) {
    return IdentityCheck.problems(file, rules, tables);
  }
}
