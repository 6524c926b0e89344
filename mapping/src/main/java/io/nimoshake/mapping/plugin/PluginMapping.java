package io.nimoshake.mapping.plugin;

import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Places;
import io.nimoshake.mapping.plain.ComparableMapping;
import io.nimoshake.mapping.plain.Expected;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.Table.KeyAttribute;
import io.nimoshake.plugin.Table.KeyType;
import io.nimoshake.plugin.contract.BrokenContractException;
import io.nimoshake.plugin.contract.CheckedMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bson.BsonDocument;

/** A mapping that a plug-in gives ({@code mapping.plugin}). */
public final class PluginMapping implements ComparableMapping {
  private final String className;
  private final MappingPlugin plugin;
  private final FieldNames names;
  private final String digest;

  private PluginMapping(String className, MappingPlugin plugin, FieldNames names, String digest) {
    this.className = className;
    this.plugin = plugin;
    this.names = names;
    this.digest = digest;
  }

  /**
   * Loads a plug-in.
   *
   * @param names how attributes are named in documents
   * @throws MappingException if there is no such class, or it is no plug-in
   */
  public static PluginMapping load(String className, PluginJars jars, FieldNames names)
      throws MappingException {
    return new PluginMapping(
        className, jars.load(className), names, className + ":" + jars.digest());
  }

  /**
   * The same plug-in.
   *
   * @param names how attributes are named in documents
   */
  public PluginMapping withNames(FieldNames names) {
    return new PluginMapping(className, plugin, names, digest);
  }

  @Override
  public List<String> problems(java.util.Collection<TableSchema> tables) {
    List<String> problems = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (TableSchema table : tables) {
      try {
        for (String collection : collections(table)) {
          String other = owners.putIfAbsent(collection, table.name());
          if (other != null) {
            problems.add(
                "mapping.plugin: "
                    + className
                    + ": tables "
                    + other
                    + " and "
                    + table.name()
                    + " have one collection, "
                    + collection
                    + ", so an item of the one could replace an item of the other: use two"
                    + " collections");
          }
        }
      } catch (BrokenContractException e) {
        problems.add(problem(table, e));
      }
    }
    return problems;
  }

  private String problem(TableSchema table, BrokenContractException e) {
    return "mapping.plugin: " + className + ", table " + table.name() + ": " + e.getMessage();
  }

  private List<String> collections(TableSchema table) throws BrokenContractException {
    return CheckedMapper.of(plugin, table(table))
        .map(mapper -> mapper.collections().stream().map(Collection::name).toList())
        .orElse(List.of(table.name()));
  }

  private Table table(TableSchema table) {
    return new Table(table.name(), key(table.hash()), table.range().map(this::key));
  }

  private KeyAttribute key(io.nimoshake.core.model.KeyAttribute attribute) {
    return new KeyAttribute(
        names.topLevel(attribute.name()), KeyType.valueOf(attribute.type().name()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the plug-in throws; {@link #problems} finds that first
   */
  @Override
  public Optional<OfTable> of(TableSchema table) {
    return mapper(table).map(PluginTable::new);
  }

  private Optional<CheckedMapper> mapper(TableSchema table) {
    try {
      return CheckedMapper.of(plugin, table(table));
    } catch (BrokenContractException e) {
      throw new IllegalStateException(problem(table, e), e);
    }
  }

  /** {@inheritDoc} The plug-in itself says it. */
  @Override
  public Optional<Function<BsonDocument, Expected>> expected(TableSchema table) {
    return mapper(table).map(mapper -> new PluginPlaces(mapper, table, names)::expected);
  }

  @Override
  public Places places(TableSchema table) {
    return new PluginPlaces(mapper(table).orElseThrow(), table, names);
  }

  @Override
  public Optional<String> takenAsRight() {
    return Optional.of(
        "mapping.plugin: "
            + className
            + " itself said what should be in the target, so this comparison finds no mistakes of"
            + " the plug-in");
  }

  /** Changes when the plug-in does: the name of its class, and a digest of its jars. */
  public String digest() {
    return digest;
  }
}
