package io.nimoshake.dynamodb.shape;

import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of tables and items on their way to a DynamoDB-compatible target. The key of an item
 * stays as it is. It is a pure function, and safe for use by many threads.
 */
public interface TargetShapes {
  /** Tables keep their names, and items their attributes. */
  TargetShapes SAME =
      new TargetShapes() {
        @Override
        public String nameOf(String table) {
          return table;
        }

        @Override
        public Optional<ItemShape> itemsOf(String table) {
          return Optional.empty();
        }

        @Override
        public List<String> problems(Collection<TableSchema> tables) {
          return List.of();
        }
      };

  /** The name that a table of the source has in the target. */
  String nameOf(String table);

  /** What becomes of the items of a table; empty if they stay as they are. */
  Optional<ItemShape> itemsOf(String table);

  /** Why these tables cannot be written so: one line each for a person. */
  List<String> problems(Collection<TableSchema> tables);

  /** Changes items of one table. */
  interface ItemShape {
    /**
     * Returns the item as it is in the target.
     *
     * @param item DynamoDB JSON
     * @throws UnfitItemException if it cannot be changed so
     */
    Slice apply(Slice item) throws UnfitItemException;
  }
}
