package io.nimoshake.plugin.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.plugin.Collection;
import io.nimoshake.plugin.Ids;
import io.nimoshake.plugin.Item;
import io.nimoshake.plugin.MappingPlugin;
import io.nimoshake.plugin.Outcome;
import io.nimoshake.plugin.ShopMapper;
import io.nimoshake.plugin.Table;
import io.nimoshake.plugin.Table.KeyType;
import io.nimoshake.plugin.TableMapper;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** The suite passes a plug-in that keeps the contract, and finds each way to break it. */
class PluginConformanceTest {
  private static final Table SHOP = Table.of("shop", "pk", KeyType.S, "sk", KeyType.S);

  private static final BsonDocument CUSTOMER =
      BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'PROFILE', name: 'Ada'}");
  private static final BsonDocument ORDER =
      BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'ORDER#1', entity: 'Order', total: 12}");
  private static final BsonDocument SESSION =
      BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'S#1', entity: 'Session'}");
  private static final BsonDocument BROKEN =
      BsonDocument.parse("{pk: 'CUSTOMER#7', sk: 'B#1', entity: 'Broken'}");

  private static List<String> problems(Supplier<? extends MappingPlugin> plugin) {
    return PluginConformance.of(plugin)
        .table(SHOP)
        .items(CUSTOMER, ORDER, SESSION, BROKEN)
        .problems();
  }

  private static void assertFound(String expected, Supplier<? extends MappingPlugin> plugin) {
    List<String> problems = problems(plugin);
    assertTrue(
        problems.stream().anyMatch(problem -> problem.contains(expected)),
        () -> expected + " is not in\n" + String.join("\n", problems));
  }

  @Test
  void passesAPluginThatKeepsTheContract() {
    assertEquals(List.of(), problems(ShopMapper::new));
  }

  @Test
  void aPluginThatDoesNotMapTheTableIsTold() {
    assertEquals(
        List.of("the plug-in does not map table other"),
        PluginConformance.of(ShopMapper::new)
            .table(Table.of("other", "pk", KeyType.S))
            .items(CUSTOMER)
            .problems());
  }

  @Test
  void findsThatItThrowsForTheTable() {
    assertFound(
        "throws in table(): java.lang.IllegalStateException: no",
        () ->
            table -> {
              throw new IllegalStateException("no");
            });
  }

  @Test
  void checkThrowsWithEveryProblem() {
    PluginConformance suite =
        PluginConformance.of(() -> mapping(item -> null)).table(SHOP).items(ORDER);
    AssertionError error = assertThrows(AssertionError.class, suite::check);
    assertTrue(error.getMessage().contains("returns null for map()"), error::getMessage);
  }

  // --- what is made of an item -----------------------------------------------------------------

  private static ShopMapper mapping(Function<Item, Outcome> map) {
    return new ShopMapper() {
      @Override
      public Outcome map(Item item) {
        return map.apply(item);
      }
    };
  }

  @Test
  void findsWhatThrows() {
    assertFound(
        "throws in map(): java.util.NoSuchElementException",
        () -> mapping(item -> Outcome.document("rest", item.copy().append("t", total(item)))));
    assertFound(
        "throws in map(): java.lang.NoClassDefFoundError",
        () ->
            mapping(
                item -> {
                  throw new NoClassDefFoundError("com/example/Missing");
                }));
    assertFound("throws in map(): java.lang.StackOverflowError", () -> mapping(this::endless));
  }

  private static BsonValue total(Item item) {
    return item.value("total").orElseThrow();
  }

  private Outcome endless(Item item) {
    return endless(item);
  }

  @Test
  void findsACollectionThatIsNotACandidate() {
    assertFound(
        "collection elsewhere, which collections() does not name",
        () -> mapping(item -> Outcome.document("elsewhere", item.copy())));
    assertFound(
        "collection customers, which is not a candidate of its key",
        () -> mapping(item -> Outcome.document("customers", item.copy())));
  }

  /** The key says "rest", and the attribute says "orders": a delete would not look there. */
  @Test
  void findsACollectionThatDependsOnMoreThanTheKey() {
    assertFound(
        "collection orders, which is not a candidate of its key",
        () ->
            new ShopMapper() {
              @Override
              public List<String> candidates(Item key) {
                return key.string("sk").orElse("").startsWith("ORDER#")
                    ? List.of("customers", "orders", "rest")
                    : List.of("customers", "rest");
              }
            });
  }

  @Test
  void findsAnIdInTheDocument() {
    assertFound(
        "an _id of its own",
        () ->
            mapping(item -> Outcome.document("rest", item.copy().append("_id", new BsonInt32(1)))));
  }

  /** The target would take the document for a deleted item and remove it. */
  @Test
  void findsTheFieldOfATombstoneInTheDocument() {
    assertFound(
        "a document with a field __nimo_deleted",
        () ->
            mapping(
                item ->
                    Outcome.document(
                        "rest", item.copy().append("__nimo_deleted", new BsonDateTime(0)))));
  }

  @Test
  void findsAnAnswerThatChanges() {
    AtomicInteger counter = new AtomicInteger();
    assertFound(
        "has another answer when asked again",
        () ->
            mapping(
                item ->
                    Outcome.document(
                        "rest",
                        item.copy().append("n", new BsonInt32(counter.incrementAndGet())))));
  }

  /** DynamoDB promises no order of attributes. */
  @Test
  void findsAnAnswerThatDependsOnTheOrderOfAttributes() {
    assertFound(
        "has another answer when its attributes come in another order",
        () ->
            mapping(
                item ->
                    Outcome.document(
                        "rest",
                        item.copy()
                            .append("names", new BsonString(String.join(",", item.names()))))));
  }

  /** The state of one instance, which another instance does not have. */
  @Test
  void findsAnAnswerThatDependsOnTheInstance() {
    AtomicInteger instances = new AtomicInteger();
    assertFound(
        "has another answer when asked of another instance",
        () -> {
          int number = instances.incrementAndGet();
          return mapping(
              item -> Outcome.document("rest", item.copy().append("n", new BsonInt32(number))));
        });
  }

  // --- collections and candidates --------------------------------------------------------------

  private static ShopMapper collections(Collection... collections) {
    return new ShopMapper() {
      @Override
      public List<Collection> collections() {
        return List.of(collections);
      }
    };
  }

  @Test
  void findsACollectionThatIsNamedTwice() {
    assertFound(
        "names rest more than once",
        () -> collections(Collection.of("rest"), Collection.of("rest")));
  }

  @Test
  void findsANameThatMongoDbRefuses() {
    for (String name : List.of("", "a$b", "system.users", "x~1", "a\0b")) {
      assertFound(
          "throws in collections(): java.lang.IllegalArgumentException",
          () ->
              new ShopMapper() {
                @Override
                public List<Collection> collections() {
                  return List.of(Collection.of(name));
                }
              });
    }
  }

  @Test
  void findsACandidateThatIsNoCollection() {
    assertFound(
        "candidates() names nowhere",
        () ->
            new ShopMapper() {
              @Override
              public List<String> candidates(Item key) {
                return List.of("nowhere");
              }
            });
  }

  // --- ids -------------------------------------------------------------------------------------

  private static MappingPlugin ids(Function<Item, BsonValue> of, Function<BsonValue, String> sk) {
    Ids ids =
        new Ids() {
          @Override
          public Optional<BsonValue> of(Item key) {
            return Optional.of(of.apply(key));
          }

          @Override
          public BsonDocument keyOf(BsonValue id) {
            return new BsonDocument("pk", new BsonString("CUSTOMER#7"))
                .append("sk", new BsonString(sk.apply(id)));
          }
        };
    TableMapper mapper =
        new TableMapper() {
          @Override
          public List<Collection> collections() {
            return List.of(Collection.of("all").with(ids));
          }

          @Override
          public Outcome map(Item item) {
            return Outcome.document("all", item.copy());
          }
        };
    return table -> Optional.of(mapper);
  }

  @Test
  void findsIdsThatDoNotTellKeysApart() {
    assertFound(
        "do not tell items apart: keyOf(\"ORDER#1\") returns",
        () ->
            ids(
                key -> new BsonString(key.string("sk").orElseThrow()),
                id -> id.asString().getValue()));
  }

  /** 7 and 07 are two keys, and one number. */
  @Test
  void findsANumberThatSeveralTextsHave() {
    Ids loose =
        new Ids() {
          @Override
          public Optional<BsonValue> of(Item key) {
            return key.string("pk")
                .filter(pk -> pk.matches("CUSTOMER#[0-9]+"))
                .filter(pk -> key.string("sk").equals(Optional.of("PROFILE")))
                .map(pk -> new BsonInt64(Long.parseLong(pk.substring(9))));
          }

          @Override
          public BsonDocument keyOf(BsonValue id) {
            return ShopMapper.NUMBERS.keyOf(id);
          }
        };
    assertFound(
        "do not tell items apart: keyOf(7) returns",
        () ->
            collections(
                Collection.of("customers").with(loose),
                Collection.of("orders"),
                Collection.of("rest")));
  }

  @Test
  void findsIdsOfATypeThatMongoDbTakesForEqualOrRefuses() {
    assertFound("are of type INT32", () -> ids(key -> new BsonInt32(1), id -> "x"));
    assertFound(
        "are of type ARRAY", () -> ids(key -> new BsonArray(List.of(new BsonInt64(1))), id -> "x"));
    assertFound(
        "are of type INT32", () -> ids(key -> new BsonDocument("a", new BsonInt32(1)), id -> "x"));
  }
}
