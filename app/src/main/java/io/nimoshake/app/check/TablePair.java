package io.nimoshake.app.check;

import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.compare.ItemComparer;
import io.nimoshake.dynamodb.convert.ItemConverter;
import io.nimoshake.dynamodb.convert.KeyCodec;

/** One table on both sides. The methods create objects that each thread needs for itself. */
record TablePair(TableSchema schema, Sides sides, Patience patience) {
  String name() {
    return schema.name();
  }

  KeyCodec codec() {
    return new KeyCodec(schema, sides.convert());
  }

  ItemComparer comparer() {
    return ItemComparer.of(sides.convert());
  }

  ItemConverter converter() {
    return new ItemConverter(schema, sides.convert());
  }

  SourceItems items() {
    return new SourceItems(sides.source(), schema, patience);
  }
}
