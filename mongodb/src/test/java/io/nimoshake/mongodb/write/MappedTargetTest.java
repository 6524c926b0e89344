package io.nimoshake.mongodb.write;

import static io.nimoshake.testkit.fault.MongoFault.CUT_BEFORE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.Target.Prepared;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mapping.FileMapping;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.mongodb.compare.MongoTargetMender;
import io.nimoshake.mongodb.compare.MongoTargetReader;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

/** A table in single-table design, of which a mapping makes several collections. */
class MappedTargetTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final String SHOP =
      """
      version: 1
      tables:
        shop:
          split:
            - when: {sk: PROFILE, pk: {begins_with: "C#"}}
              collection: customers
              id: {attribute: pk, strip: "C#"}
            - when: {kind: order}
              collection: orders
              attributes: [rename: {gsi: byDate}]
              indexes: [{keys: {customer: 1, total: -1}}, {keys: {expires: 1}, expire_after_seconds: 60}]
            - when: {kind: draft}
              collection: drafts
              attributes: [drop: gsi]
            - when: {kind: bad}
              then: fail
            - otherwise: ignore
        all-*: {collection: all}
        members:
          split:
            - when: {sk: NOW, kind: vip, pk: {begins_with: "C#"}}
              collection: people
              id: {attribute: pk, strip: "C#"}
            - otherwise: {collection: people}
      """;

  private final MongoDatabase database = MONGO.freshDatabase();
  private final MongoFaultProxy proxy = MONGO.faultProxy();
  private final TableSchema shop = table("shop");
  private final TableSchema members = table("members");
  private MongoTarget target;

  private static TableSchema table(String name) {
    return new TableSchema(
        name,
        new KeyAttribute("pk", Type.S),
        Optional.of(new KeyAttribute("sk", Type.S)),
        List.of(
            new SecondaryIndex("gsi1", true, new KeyAttribute("gsi", Type.S), Optional.empty())),
        0,
        0);
  }

  @BeforeEach
  void open() throws Exception {
    FieldNames names = new FieldNames(true, "pre");
    target =
        new MongoTarget(settings(), FileMapping.parse("m.yaml", SHOP, names), Clock.systemUTC());
  }

  private MongoTargetSettings settings() {
    return new MongoTargetSettings(
        proxy.uri(),
        database.getName(),
        IdLayout.KEY,
        false,
        new FieldNames(true, "pre"),
        false,
        true);
  }

  @AfterEach
  void close() {
    target.close();
    proxy.close();
  }

  private static Change upsert(String json) {
    BsonDocument item = BsonDocument.parse(json);
    return new Change.Upsert(key(item), DocumentBytes.of(item));
  }

  private static Change delete(String json) {
    return new Change.Delete(key(BsonDocument.parse(json)));
  }

  private static ItemKey key(BsonDocument item) {
    return new ItemKey(
        DocumentBytes.of(new BsonDocument("pk", item.get("pk")).append("sk", item.get("sk"))));
  }

  private List<Rejected> write(WriteMode mode, Change... changes) throws Fault {
    return target.write(shop, List.of(changes), mode);
  }

  private List<Rejected> write(TableSchema table, Change... changes) throws Fault {
    return target.write(table, List.of(changes), WriteMode.STREAM);
  }

  /** What a reader finds, without tombstones. */
  private Set<String> documents(String collection) {
    Set<String> documents = new TreeSet<>();
    for (BsonDocument document : database.getCollection(collection, BsonDocument.class).find()) {
      if (!document.isDateTime(TableLayout.TOMBSTONE)) {
        documents.add(document.toJson());
      }
    }
    return documents;
  }

  private long tombstones(String collection) {
    return database
        .getCollection(collection)
        .countDocuments(Filters.type(TableLayout.TOMBSTONE, BsonType.DATE_TIME));
  }

  private static final String ORDER = "{pk: 'C#1', sk: 'O#1', kind: 'order', n: 1}";
  private static final String DRAFT = "{pk: 'C#1', sk: 'O#1', kind: 'draft', n: 2}";
  private static final String STORED_ORDER =
      "{\"_id\": {\"pk\": \"C#1\", \"sk\": \"O#1\"}, \"pk\": \"C#1\", \"sk\": \"O#1\","
          + " \"kind\": \"order\", \"n\": 1}";
  private static final String STORED_DRAFT =
      STORED_ORDER.replace("order", "draft").replace("\"n\": 1", "\"n\": 2");

  @Test
  void everyItemIsInTheCollectionOfItsRule() throws Fault {
    assertEquals(new Prepared(true), target.prepare(shop, Existing.KEEP));
    List<Rejected> rejected =
        write(
            WriteMode.COPY_IF_ABSENT,
            upsert("{pk: 'C#1', sk: 'PROFILE', kind: 'order'}"),
            upsert(ORDER),
            upsert("{pk: 'C#1', sk: 'X', kind: 'session'}"),
            upsert("{pk: 'C#1', sk: 'Y', kind: 'bad'}"));
    assertEquals(
        Set.of("{\"_id\": \"1\", \"pk\": \"C#1\", \"sk\": \"PROFILE\", \"kind\": \"order\"}"),
        documents("customers"));
    assertEquals(Set.of(STORED_ORDER), documents("orders"));
    assertEquals(Set.of(), documents("drafts"));
    assertEquals(1, rejected.size());
    assertEquals("shop", rejected.get(0).table());
    assertEquals("{\"pk\": {\"S\": \"C#1\"}, \"sk\": {\"S\": \"Y\"}}", rejected.get(0).key());
    assertTrue(rejected.get(0).reason().contains("line 15"), rejected.get(0).reason());
    assertFalse(database.listCollectionNames().into(new ArrayList<>()).contains("shop"));
  }

  @Test
  void anItemThatMovesIsInOneCollection() throws Fault {
    for (WriteMode mode : List.of(WriteMode.STREAM, WriteMode.COPY_REPLACE)) {
      target.prepare(shop, Existing.DROP);
      write(mode, upsert(ORDER));
      write(mode, upsert(DRAFT));
      assertEquals(Set.of(), documents("orders"));
      assertEquals(Set.of(STORED_DRAFT), documents("drafts"));
      write(mode, upsert(ORDER.replace("order", "session")));
      assertEquals(Set.of(), documents("drafts"));
    }
  }

  @Test
  void aLateCopyBringsNothingBackToAFormerCollection() throws Fault {
    target.prepare(shop, Existing.DROP);
    write(WriteMode.STREAM_WITH_TOMBSTONES, upsert(ORDER));
    write(WriteMode.STREAM_WITH_TOMBSTONES, upsert(DRAFT));
    write(WriteMode.COPY_IF_ABSENT, upsert(ORDER));
    assertEquals(Set.of(), documents("orders"));
    assertEquals(Set.of(STORED_DRAFT), documents("drafts"));

    write(WriteMode.STREAM_WITH_TOMBSTONES, delete(DRAFT));
    write(WriteMode.COPY_IF_ABSENT, upsert(ORDER));
    write(WriteMode.COPY_IF_ABSENT, upsert(DRAFT));
    assertEquals(Set.of(), documents("orders"));
    assertEquals(Set.of(), documents("drafts"));
    assertEquals(1, tombstones("orders"));
    assertEquals(1, tombstones("drafts"));
    assertEquals(0, tombstones("customers"), "the key excludes it");

    target.purgeTombstones(shop);
    assertEquals(0, tombstones("orders") + tombstones("drafts"));
  }

  @Test
  void theNewDocumentIsWrittenBeforeTheFormerIsDeleted() throws Fault {
    target.prepare(shop, Existing.DROP);
    write(WriteMode.STREAM, upsert(ORDER));
    proxy.fail("update").once().with(CUT_BEFORE);
    assertThrows(Fault.class, () -> write(WriteMode.STREAM, upsert(DRAFT)));
    assertEquals(Set.of(STORED_ORDER), documents("orders"));
    proxy.fail("delete").once().with(CUT_BEFORE);
    assertThrows(Fault.class, () -> write(WriteMode.STREAM, upsert(DRAFT)));
    assertEquals(Set.of(STORED_DRAFT), documents("drafts"));
    write(WriteMode.STREAM, upsert(DRAFT));
    assertEquals(Set.of(), documents("orders"));
  }

  /** As in a table without a mapping. */
  @Test
  void ofARejectedItemTheFormerDocumentStays() throws Fault {
    target.prepare(shop, Existing.DROP);
    write(WriteMode.STREAM, upsert(ORDER));
    database
        .getCollection("drafts")
        .createIndex(Indexes.ascending("n"), new IndexOptions().unique(true));
    write(WriteMode.STREAM, upsert("{pk: 'C#1', sk: 'O#0', kind: 'draft', n: 2}"));
    List<Rejected> rejected =
        write(
            WriteMode.STREAM, upsert("{pk: 'C#1', sk: 'O#2', kind: 'draft', n: 3}"), upsert(DRAFT));
    assertEquals(1, rejected.size());
    assertEquals("{\"pk\": {\"S\": \"C#1\"}, \"sk\": {\"S\": \"O#1\"}}", rejected.get(0).key());
    assertEquals(
        BsonDocument.parse(DRAFT),
        BsonDocument.parse(rejected.get(0).item()),
        "the item as it is in the source");
    assertEquals(Set.of(STORED_ORDER), documents("orders"));
    assertEquals(2, documents("drafts").size());
  }

  private static String member(String pk, String kind, String mail) {
    return "{pk: '%s', sk: 'NOW', kind: '%s', mail: '%s'}".formatted(pk, kind, mail);
  }

  private Set<String> members() {
    Set<String> members = new TreeSet<>();
    for (String document : documents("people")) {
      BsonDocument member = BsonDocument.parse(document);
      members.add(member.get("_id").isString() + " " + member.getString("mail").getValue());
    }
    return members;
  }

  private void prepareMembers() throws Fault {
    target.prepare(members, Existing.DROP);
    database
        .getCollection("people")
        .createIndex(Indexes.ascending("mail"), new IndexOptions().unique(true).sparse(true));
  }

  /** Its former document has the value that must be unique. */
  @Test
  void anItemThatGetsAnotherIdInItsCollectionKeepsAUniqueValue() throws Fault {
    for (WriteMode mode :
        List.of(WriteMode.STREAM, WriteMode.COPY_REPLACE, WriteMode.STREAM_WITH_TOMBSTONES)) {
      prepareMembers();
      for (String kind : List.of("guest", "vip", "guest")) {
        List<Change> changes =
            List.of(upsert(member("C#1", kind, "a")), upsert(member("C#2", kind, "b")));
        assertEquals(List.of(), target.write(members, changes, mode));
        boolean vip = kind.equals("vip");
        assertEquals(Set.of(vip + " a", vip + " b"), members(), mode + " " + kind);
      }
    }
  }

  @Test
  void anItemWhoseUniqueValueAnotherItemHasIsRejectedAndItsFormerDocumentStays() throws Fault {
    prepareMembers();
    target.write(
        members,
        List.of(upsert(member("C#1", "guest", "a")), upsert(member("C#2", "guest", "b"))),
        WriteMode.STREAM);
    List<Rejected> rejected =
        target.write(members, List.of(upsert(member("C#1", "vip", "b"))), WriteMode.STREAM);
    assertEquals(1, rejected.size());
    assertTrue(rejected.get(0).reason().contains("mail_1"), rejected.get(0).reason());
    assertEquals(Set.of("false a", "false b"), members());
  }

  /** It must not matter in which order the two come. */
  @Test
  void aUniqueValueThatAnotherItemOfTheBatchGivesUpIsFree() throws Fault {
    for (WriteMode mode :
        List.of(WriteMode.STREAM, WriteMode.COPY_REPLACE, WriteMode.STREAM_WITH_TOMBSTONES)) {
      prepareMembers();
      write(members, upsert(member("C#2", "guest", "b")));
      Change takes = upsert(member("C#1", "vip", "b"));
      Change movesAway = upsert(member("C#2", "vip", "c"));
      assertEquals(List.of(), target.write(members, List.of(takes, movesAway), mode));
      assertEquals(Set.of("true b", "true c"), members(), mode.name());
    }
    Change takes = upsert(member("C#3", "guest", "b"));
    Change deleted = delete("{pk: 'C#1', sk: 'NOW'}");
    assertEquals(List.of(), write(members, takes, deleted));
    assertEquals(Set.of("false b", "true c"), members());
  }

  /** C#1 waits for C#2, and C#2 for its own former document. */
  @Test
  void aUniqueValueIsFreeAlsoIfTheOtherItemIsWrittenAgainItself() throws Fault {
    prepareMembers();
    database
        .getCollection("people")
        .createIndex(Indexes.ascending("phone"), new IndexOptions().unique(true).sparse(true));
    write(members, upsert("{pk: 'C#2', sk: 'NOW', kind: 'guest', mail: 'b', phone: 2}"));
    Change takes = upsert(member("C#1", "guest", "b"));
    Change movesAway = upsert("{pk: 'C#2', sk: 'NOW', kind: 'vip', mail: 'c', phone: 2}");
    assertEquals(List.of(), write(members, takes, movesAway));
    assertEquals(Set.of("false b", "true c"), members());
  }

  /** If the process ended between a delete and the write after it, the document would be lost. */
  @Test
  void theFormerDocumentOfARejectedItemIsNotDeletedEvenForAMoment() throws Fault {
    for (String index : List.of("{mail: 1}", "{kin: 1}", "{mail: 1, n: -1}", "{'kin.x': 1}")) {
      target.prepare(members, Existing.DROP);
      database
          .getCollection("people")
          .createIndex(BsonDocument.parse(index), new IndexOptions().unique(true).sparse(true));
      String taken = "{pk: 'C#9', sk: 'NOW', kind: 'vip', mail: 'b', kin: {x: 2}}";
      String former = "{pk: 'C#1', sk: 'NOW', kind: 'guest', mail: 'a', kin: {x: 1}}";
      write(members, upsert(taken), upsert(former));
      Set<String> before = documents("people");
      proxy.fail("delete").once().with(CUT_BEFORE);
      String moved = taken.replace("C#9", "C#1");
      assertEquals(1, write(members, upsert(moved)).size(), index);
      proxy.heal();
      assertEquals(before, documents("people"), index);
    }
  }

  /** The server names only the first of the indexes that refuse the item. */
  @Test
  void aFormerDocumentIsNotDeletedIfAlsoAnotherDocumentKeepsItsItemOut() throws Fault {
    prepareMembers();
    database
        .getCollection("people")
        .createIndex(Indexes.ascending("phone"), new IndexOptions().unique(true).sparse(true));
    write(
        members,
        upsert("{pk: 'C#1', sk: 'NOW', kind: 'guest', mail: 'a', phone: 1}"),
        upsert("{pk: 'C#2', sk: 'NOW', kind: 'guest', mail: 'b', phone: 2}"));
    for (String both : List.of("mail: 'a', phone: 2", "mail: 'b', phone: 1")) {
      proxy.fail("delete").once().with(CUT_BEFORE);
      Change moved = upsert("{pk: 'C#1', sk: 'NOW', kind: 'vip', " + both + "}");
      assertEquals(1, write(members, moved).size(), both);
      proxy.heal();
    }
    assertEquals(Set.of("false a", "false b"), members());
  }

  /** Each element of an array counts, so the values of two arrays need not be equal. */
  @Test
  void aFormerDocumentIsNotDeletedForAUniqueArray() throws Fault {
    target.prepare(members, Existing.DROP);
    database
        .getCollection("people")
        .createIndex(Indexes.ascending("mails"), new IndexOptions().unique(true).sparse(true));
    write(
        members,
        upsert("{pk: 'C#1', sk: 'NOW', kind: 'guest', mails: ['a']}"),
        upsert("{pk: 'C#2', sk: 'NOW', kind: 'guest', mails: ['b']}"));
    Set<String> before = documents("people");
    proxy.fail("delete").once().with(CUT_BEFORE);
    Change moved = upsert("{pk: 'C#1', sk: 'NOW', kind: 'vip', mails: ['a', 'b']}");
    assertEquals(1, write(members, moved).size());
    proxy.heal();
    assertEquals(before, documents("people"));
  }

  /** The stream has written the item under its new id, and has not yet come to the former one. */
  @Test
  void aLateCopyOfAnItemThatHasAnotherIdNowIsNotRejected() throws Fault {
    prepareMembers();
    target.write(members, List.of(upsert(member("C#1", "vip", "a"))), WriteMode.STREAM);
    Change copied = upsert(member("C#1", "guest", "a"));
    assertEquals(List.of(), target.write(members, List.of(copied), WriteMode.COPY_IF_ABSENT));
    assertEquals(Set.of("true a"), members());
    Change other = upsert(member("C#2", "guest", "a"));
    assertEquals(1, target.write(members, List.of(other), WriteMode.COPY_IF_ABSENT).size());
  }

  /** The item has a document in this collection, but under another id. */
  @Test
  void aRepairSaysWhichIndexRefusesADocument() throws Exception {
    prepareMembers();
    target.write(members, List.of(upsert(member("C#1", "guest", "a"))), WriteMode.STREAM);
    FieldNames names = new FieldNames(true, "pre");
    FileMapping mapping = FileMapping.parse("m.yaml", SHOP, names);
    try (MongoTargetReader reader = new MongoTargetReader(settings(), mapping, mapping::places)) {
      assertTrue(reader.open(members));
      MongoTargetMender mender = new MongoTargetMender(reader);
      Change.Upsert vip = (Change.Upsert) upsert(member("C#1", "vip", "a"));
      Fault.Poison refused =
          assertThrows(Fault.Poison.class, () -> mender.insertIfAbsent(members, vip));
      assertTrue(refused.item().reason().contains("mail_1"), refused.item().reason());
      Change.Upsert there = (Change.Upsert) upsert(member("C#1", "guest", "b"));
      assertFalse(mender.insertIfAbsent(members, there));
    }
  }

  @Test
  void indexesAreBuiltWhereTheirAttributesAre() throws Fault {
    target.prepare(shop, Existing.DROP);
    target.finish(shop);
    target.finish(shop);
    assertEquals(Set.of("_id_", "gsi_1"), indexes("customers"));
    assertEquals(Set.of("_id_", "byDate_1", "customer_1_total_-1", "expires_1"), indexes("orders"));
    assertEquals(Set.of("_id_"), indexes("drafts"));
  }

  private Set<String> indexes(String collection) {
    return CollectionIndexes.names(database.getCollection(collection));
  }

  @Test
  void documentsOfOthersMakeTheWholeTableNotFresh() throws Fault {
    database.getCollection("drafts").insertOne(new org.bson.Document("_id", 1));
    assertEquals(new Prepared(false), target.prepare(shop, Existing.KEEP));
    assertEquals(new Prepared(true), target.prepare(shop, Existing.RENAME));
    assertEquals(Set.of(), documents("drafts"));
  }

  @Test
  void aNewCopyReplacesEveryCollection() throws Fault {
    target.prepare(shop, Existing.DROP);
    write(WriteMode.STREAM, upsert(ORDER), upsert("{pk: 'C#2', sk: 'PROFILE'}"));
    target.prepare(shop, Existing.BESIDE);
    write(WriteMode.COPY_IF_ABSENT, upsert(DRAFT));
    assertEquals(Set.of(STORED_ORDER), documents("orders"));
    target.finish(shop);
    // as if the process had ended when one collection was replaced
    database
        .getCollection("drafts~new")
        .renameCollection(
            new com.mongodb.MongoNamespace(database.getName(), "drafts"),
            new com.mongodb.client.model.RenameCollectionOptions().dropTarget(true));
    target.prepare(shop, Existing.RESUME_BESIDE);
    target.swapIn(shop);
    target.swapIn(shop);
    assertEquals(Set.of(), documents("customers"));
    assertEquals(Set.of(), documents("orders"));
    assertEquals(Set.of(STORED_DRAFT), documents("drafts"));
    write(WriteMode.STREAM, upsert(ORDER));
    assertEquals(Set.of(STORED_ORDER), documents("orders"));
  }

  /** Each of two items is now where the other was. No order of two renames is right for both. */
  @Test
  void anItemThatMovedIsNeverInNoCollectionWhileCopiesAreReplaced() throws Fault {
    String otherOrder = ORDER.replace("O#1", "O#2");
    String otherDraft = DRAFT.replace("O#1", "O#2");
    target.prepare(shop, Existing.DROP);
    write(WriteMode.STREAM, upsert(ORDER), upsert(otherDraft));
    target.prepare(shop, Existing.BESIDE);
    write(WriteMode.COPY_IF_ABSENT, upsert(DRAFT), upsert(otherOrder));
    target.finish(shop);
    for (int renames = 0; renames < 3; renames++) {
      proxy.fail("renameCollection").nth(renames == 0 ? 1 : 2).with(CUT_BEFORE);
      assertThrows(Fault.class, () -> target.swapIn(shop));
      proxy.heal();
      for (String order : List.of("O#1", "O#2")) {
        assertTrue(
            Stream.of("orders", "drafts")
                .anyMatch(
                    collection ->
                        documents(collection).stream().anyMatch(text -> text.contains(order))),
            order + " after " + renames);
      }
    }
    target.swapIn(shop);
    assertEquals(Set.of(STORED_DRAFT), documents("drafts"));
    assertEquals(1, documents("orders").size());
  }

  @Test
  void aCollectionOfSeveralTablesIsKept() throws Fault {
    TableSchema one =
        new TableSchema("all-1", new KeyAttribute("pk", Type.S), Optional.empty(), List.of(), 0, 0);
    TableSchema two = table("all-2");
    assertEquals(new Prepared(false), target.prepare(one, Existing.DROP));
    Change of1 =
        new Change.Upsert(
            new ItemKey(DocumentBytes.of(BsonDocument.parse("{pk: 'a'}"))),
            DocumentBytes.of(BsonDocument.parse("{pk: 'a'}")));
    target.write(one, List.of(of1), WriteMode.COPY_REPLACE);
    assertEquals(new Prepared(false), target.prepare(two, Existing.DROP));
    target.write(two, List.of(upsert("{pk: 'a', sk: 'b'}")), WriteMode.COPY_REPLACE);
    assertEquals(2, documents("all").size());
    Fault fault = assertThrows(Fault.TableFailed.class, () -> target.prepare(one, Existing.BESIDE));
    assertTrue(fault.getMessage().contains("cannot be copied again"), fault.getMessage());
  }

  /** The mapping may have added the other table while the first one was copied again. */
  @Test
  void aNewCopyDoesNotReplaceACollectionOfSeveralTables() throws Fault {
    TableSchema two = table("all-2");
    target.prepare(two, Existing.DROP);
    target.write(two, List.of(upsert("{pk: 'a', sk: 'b'}")), WriteMode.COPY_REPLACE);
    database.createCollection("all~new");
    for (Executable step :
        List.<Executable>of(
            () -> target.prepare(two, Existing.RESUME_BESIDE), () -> target.swapIn(two))) {
      Fault fault = assertThrows(Fault.TableFailed.class, step);
      assertTrue(fault.getMessage().contains("cannot be copied again"), fault.getMessage());
    }
    assertEquals(1, documents("all").size());
  }

  @Test
  void aTableWhoseItemsWouldMeetThoseOfAnotherIsNotPrepared() throws Fault {
    target.prepare(table("all-1"), Existing.KEEP);
    Fault fault =
        assertThrows(Fault.TableFailed.class, () -> target.prepare(table("all-2"), Existing.KEEP));
    assertTrue(fault.getMessage().contains("would be one document"), fault.getMessage());
    target.prepare(table("other"), Existing.KEEP);
  }

  /** Rules never do that, but a plug-in may. */
  @Test
  void aDeleteThatTheMappingRefusesFailsTheTable() throws Exception {
    try (MongoTarget refusing = new MongoTarget(settings(), new Refusing(), Clock.systemUTC())) {
      refusing.prepare(shop, Existing.DROP);
      List<Rejected> rejected =
          refusing.write(shop, List.of(upsert(ORDER)), WriteMode.STREAM_WITH_TOMBSTONES);
      assertEquals("not this one", rejected.get(0).reason());
      Fault.TableFailed failed =
          assertThrows(
              Fault.TableFailed.class,
              () ->
                  refusing.write(
                      shop,
                      List.of(upsert(ORDER), delete(ORDER)),
                      WriteMode.STREAM_WITH_TOMBSTONES));
      assertEquals(
          "cannot delete an item of table shop with key"
              + " {\"pk\": {\"S\": \"C#1\"}, \"sk\": {\"S\": \"O#1\"}}: not this one",
          failed.getMessage());
    }
  }

  /** Maps nothing. */
  private static final class Refusing implements Mapping, Mapping.OfTable, Mapping.Mapper {
    @Override
    public Optional<OfTable> of(TableSchema table) {
      return Optional.of(this);
    }

    @Override
    public List<String> problems(Collection<TableSchema> tables) {
      return List.of();
    }

    @Override
    public List<Destination> destinations() {
      return List.of(new Destination("all", false, List.of(), List.of()));
    }

    @Override
    public Mapping.Mapper mapper() {
      return this;
    }

    @Override
    public void upsert(ItemKey key, Slice item, Mapping.Placements into) {
      into.reject("not this one");
    }

    @Override
    public void delete(ItemKey key, Mapping.Placements into) {
      into.reject("not this one");
    }
  }
}
