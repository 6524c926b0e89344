package io.nimoshake.app.check;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.ItemConverter;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.Optional;

/** One table on both sides. The methods create objects that each thread needs for itself. */
record TablePair(TableSchema schema, Sides sides, Patience patience) {
  String name() {
    return schema.name();
  }

  KeyCodec codec() {
    return new KeyCodec(schema, sides.convert());
  }

  ItemComparer comparer() {
    return mappedItems()
        .<ItemComparer>map(items -> items)
        .or(() -> sides.shapes().itemsOf(name()).map(ItemComparer::of))
        .orElseGet(() -> ItemComparer.of(sides.convert()));
  }

  Expectation expectation() {
    return mappedItems().<Expectation>map(items -> items).orElse(Expectation.AS_IT_IS);
  }

  private Optional<MappedItems> mappedItems() {
    return sides
        .mapping()
        .flatMap(mapping -> mapping.plain(schema))
        .map(rules -> new MappedItems(sides.convert(), rules));
  }

  /** Whether a mapping says where the documents of the table are. */
  boolean isMapped() {
    return mappedItems().isPresent();
  }

  ItemConverter converter() {
    return new ItemConverter(schema, sides.convert());
  }

  SourceItems items() {
    return new SourceItems(sides.source(), schema, patience);
  }
}
