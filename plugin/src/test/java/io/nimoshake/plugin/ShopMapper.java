package io.nimoshake.plugin;

import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/** A plug-in that keeps its contract; tests change one thing of it. */
public class ShopMapper implements MappingPlugin, TableMapper {
  private static final String CUSTOMER = "CUSTOMER#";

  /** The number of a customer. */
  public static final Ids NUMBERS =
      new Ids() {
        @Override
        public Optional<BsonValue> of(Item key) {
          return key.string("pk")
              .filter(pk -> pk.matches("CUSTOMER#(0|[1-9][0-9]{0,17})"))
              .filter(pk -> key.string("sk").equals(Optional.of("PROFILE")))
              .map(pk -> new BsonInt64(Long.parseLong(pk.substring(CUSTOMER.length()))));
        }

        @Override
        public BsonDocument keyOf(BsonValue id) {
          return new BsonDocument("pk", new BsonString(CUSTOMER + id.asInt64().getValue()))
              .append("sk", new BsonString("PROFILE"));
        }
      };

  @Override
  public Optional<TableMapper> table(Table table) {
    return table.name().equals("shop") ? Optional.of(this) : Optional.empty();
  }

  @Override
  public List<Collection> collections() {
    return List.of(
        Collection.of("customers").with(NUMBERS),
        Collection.of("orders").with(Index.on("customer").asUnique()),
        Collection.of("rest"));
  }

  @Override
  public Outcome map(Item item) {
    if (item.string("sk").equals(Optional.of("PROFILE")) && NUMBERS.of(item).isPresent()) {
      return Outcome.document("customers", item.copy());
    }
    Optional<String> entity = item.string("entity");
    if (entity.equals(Optional.of("Session"))) {
      return Outcome.ignore();
    } else if (entity.equals(Optional.of("Broken"))) {
      return Outcome.reject("it is broken");
    }
    return Outcome.document(entity.equals(Optional.of("Order")) ? "orders" : "rest", item.copy());
  }
}
