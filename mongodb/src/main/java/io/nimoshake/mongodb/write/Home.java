package io.nimoshake.mongodb.write;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import java.util.List;
import java.util.Optional;

/**
 * A collection that items of a table go to.
 *
 * @param table the table, with those of its secondary indexes that the documents here have the
 *     attributes of
 * @param name of the collection
 * @param destination what the mapping says of it; empty if items arrive as they are
 */
public record Home(TableSchema table, String name, Optional<Mapping.Destination> destination) {
  /** The collections of a table: that of its own name, or those that the mapping names. */
  public static List<Home> of(TableSchema table, Optional<Mapping.OfTable> mapping) {
    return mapping
        .map(
            rules ->
                rules.destinations().stream()
                    .map(destination -> mapped(table, destination))
                    .toList())
        .orElseGet(() -> List.of(new Home(table, table.name(), Optional.empty())));
  }

  private static Home mapped(TableSchema table, Mapping.Destination destination) {
    TableSchema here =
        new TableSchema(
            table.name(),
            table.hash(),
            table.range(),
            destination.secondaryIndexes(),
            table.approximateItems(),
            table.approximateBytes());
    return new Home(here, destination.collection(), Optional.of(destination));
  }

  /** Whether other tables may write to it, too. */
  public boolean isShared() {
    return destination.map(Mapping.Destination::shared).orElse(false);
  }

  /** The indexes that the mapping asks for. */
  public List<Mapping.Index> mappingIndexes() {
    return destination.map(Mapping.Destination::indexes).orElse(List.of());
  }
}
