package io.nimoshake.mongodb.preview;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.mongodb.preview.MongoProbe.MissingPrivilege;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** What {@code connectionStatus} says, and what that means. */
class MongoProbeTest {
  private static List<String> missing(String... privileges) {
    List<Document> documents = new ArrayList<>();
    for (String privilege : privileges) {
      documents.add(Document.parse(privilege));
    }
    List<MissingPrivilege> missing = new ArrayList<>();
    MongoProbe.collect(List.of("find", "insert"), "shop", documents, missing);
    return missing.stream().map(MissingPrivilege::action).toList();
  }

  @Test
  void privilegesAreAddedUp() {
    assertEquals(List.of("find", "insert"), missing());
    assertEquals(
        List.of("insert"), missing("{resource: {db: 'shop', collection: ''}, actions: ['find']}"));
    assertEquals(
        List.of(),
        missing(
            "{resource: {db: 'shop', collection: ''}, actions: ['find']}",
            "{resource: {db: '', collection: ''}, actions: ['insert', 'update']}"));
    assertEquals(List.of(), missing("{resource: {anyResource: true}, actions: ['anyAction']}"));
  }

  @Test
  void thoseOfOtherDatabasesAndSingleCollectionsDoNotCount() {
    assertEquals(
        List.of("find", "insert"),
        missing(
            "{resource: {db: 'other', collection: ''}, actions: ['find', 'insert']}",
            "{resource: {db: 'shop', collection: 'orders'}, actions: ['find', 'insert']}",
            "{resource: {cluster: true}, actions: ['find', 'insert']}"));
  }
}
