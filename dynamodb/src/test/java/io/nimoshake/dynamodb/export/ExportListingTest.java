package io.nimoshake.dynamodb.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.ExportSummary;

class ExportListingTest {
  private static final Instant FROM = Instant.ofEpochMilli(1_795_860_000_000L);
  private static final String NEW = arn("01795860900000-00000001");
  private static final String NEWER = arn("01795861800000-00000001");

  /** Just earlier, but the clocks of the service may differ. */
  private static final String EARLIER = arn("01795859999000-00000001");

  private static final String OLD = arn("01795850000000-00000002");
  private static final String OLDER = arn("01795850000000-00000001");

  private final ExportListing listing =
      new ExportListing(new ExportSpan.Incremental(FROM, FROM.plusSeconds(900), false));

  private static String arn(String id) {
    return "arn:aws:dynamodb:us-east-1:123456789012:table/orders/export/" + id;
  }

  private static List<ExportSummary> page(String type, String... arns) {
    return Stream.of(arns)
        .map(arn -> ExportSummary.builder().exportArn(arn).exportType(type).build())
        .toList();
  }

  @Test
  void exportsOfBeforeTheWindowAreNoCandidates() {
    assertEquals(
        List.of(NEW, EARLIER), listing.candidates(page("INCREMENTAL_EXPORT", NEW, EARLIER, OLD)));
    assertEquals(Set.of(NEW, EARLIER), listing.candidates());
    assertFalse(listing.isPast());
    assertEquals(List.of(), listing.candidates(page("INCREMENTAL_EXPORT", OLDER)));
    assertTrue(listing.isPast());
  }

  @Test
  void exportsOfTheOtherTypeAreNoCandidates() {
    assertEquals(List.of(), listing.candidates(page("FULL_EXPORT", NEWER, NEW)));
    assertEquals(List.of(NEWER), listing.candidates(page("ANOTHER_EXPORT", NEWER)));
    assertEquals(List.of(NEW), listing.candidates(page(null, NEW)));
    assertFalse(listing.isPast());
    ExportListing full = new ExportListing(new ExportSpan.Full(FROM));
    assertEquals(List.of(NEWER), full.candidates(page("FULL_EXPORT", NEWER)));
    assertEquals(List.of(), full.candidates(page("INCREMENTAL_EXPORT", NEW)));
  }

  /** The order is what the service documents, but it is not trusted blindly. */
  @Test
  void aListInAnotherOrderIsReadToItsEnd() {
    assertEquals(List.of(), listing.candidates(page(null, OLDER, OLD)));
    assertFalse(listing.isPast());
    assertEquals(List.of(NEW), listing.candidates(page(null, NEW)));
    assertEquals(List.of(), listing.candidates(page(null, OLD, OLDER)));
    assertFalse(listing.isPast());
  }

  @Test
  void oneExportShowsNoOrder() {
    listing.candidates(page(null, OLD));
    assertFalse(listing.isPast());
    listing.candidates(page(null));
    assertFalse(listing.isPast());
    listing.candidates(page(null, OLDER));
    assertTrue(listing.isPast());
  }

  @Test
  void anIdThatHasNoTimeMayBeTheExport() {
    List<String> others = List.of(arn("x"), arn("01234567890123-a1b2c3d4"), arn("1-2"));
    assertEquals(others, listing.candidates(page(null, others.toArray(String[]::new))));
    assertFalse(listing.isPast());
  }
}
