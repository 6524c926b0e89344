package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.OfExport;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.dynamodb.convert.JsonFilter;
import io.nimoshake.dynamodb.convert.MalformedPageException;
import io.nimoshake.dynamodb.convert.PageDecoder;
import io.nimoshake.dynamodb.export.TableExport.DataFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Reads one data file of a full or incremental export, about 256 KB of its lines at a time. The
 * position is the number of items that were read. To go on from a position, the file is read from
 * its beginning and the items before the position are passed over.
 *
 * <p>Before the last items are given, the number of items and the MD5 of the file are compared with
 * the manifest. A file that is missing, cut, or not the one of the manifest fails the table.
 */
public final class ExportFileReader implements SplitReader {
  /**
   * The bytes of lines that are read at a time. Many files are read at once, and each has up to
   * three pages in memory. With pages of 1 MB, a copy took 275 MB of memory instead of 199, and no
   * less CPU time.
   */
  public static final int PAGE_BYTES = 1 << 18;

  private static final int UNZIP_BYTES = 64 * 1024;

  private final ExportStore store;
  private final Split split;
  private final DataFile file;
  private final Lines decoder;
  private long items;
  private boolean ended;

  /** What is open; empty before the first read and after a failure. */
  private Optional<Open> open = Optional.empty();

  /**
   * @param raw the file; it adds up the MD5
   * @param unzipped its content
   */
  private record Open(DigestInputStream raw, InputStream unzipped, LineBuffer lines) {}

  /** Decodes lines into a batch and counts them. */
  private interface Lines {
    int decode(byte[] body, int length, ChangeBatch.Builder into) throws IOException;
  }

  private ExportFileReader(TableExport export, OfExport split, Lines decoder, Position from) {
    this.store = export.store();
    this.split = split;
    this.file = export.files().get(split.index());
    this.decoder = decoder;
    this.items = from instanceof Position.After after ? Long.parseLong(after.token()) : 0;
    this.ended = from instanceof Position.End;
  }

  /**
   * Reads items.
   *
   * @param filter which items are wanted
   */
  public static ExportFileReader ofItems(
      TableExport export,
      ExportFile split,
      PageDecoder decoder,
      Optional<JsonFilter> filter,
      Position from) {
    return new ExportFileReader(
        export, split, (body, length, into) -> decoder.lines(body, length, into, filter), from);
  }

  /**
   * Reads changes.
   *
   * @param filter which items are wanted; a change of another one is a delete
   */
  public static ExportFileReader ofChanges(
      TableExport export,
      ChangeFile split,
      PageDecoder decoder,
      Optional<JsonFilter> filter,
      Position from) {
    return new ExportFileReader(
        export,
        split,
        (body, length, into) -> decoder.changeLines(body, length, into, filter),
        from);
  }

  @Override
  public ChangeBatch read() throws Fault {
    ChangeBatch.Builder batch = ChangeBatch.builder(split);
    if (ended) {
      return batch.build(Position.END);
    }
    try {
      if (open.isEmpty()) {
        open = Optional.of(openAtPosition());
      }
      LineBuffer lines = open.get().lines();
      int length = lines.next(PAGE_BYTES);
      int read = decoder.decode(lines.bytes(), length, batch);
      if (length == 0) {
        verify(open.get().raw());
        close();
        ended = true;
        return batch.build(Position.END);
      }
      items += read;
      return batch.build(Position.after(String.valueOf(items)));
    } catch (IOException e) {
      close();
      throw fault(e);
    } catch (SdkException e) {
      // The stream of an object of S3 throws these.
      close();
      throw S3Export.fault(name(), e);
    } catch (Fault e) {
      close();
      throw e;
    }
  }

  private Open openAtPosition() throws IOException, Fault {
    DigestInputStream raw = new DigestInputStream(store.data(file.key()), md5());
    try {
      // A file of an empty partition may have no bytes at all.
      InputStream unzipped =
          file.items() == 0 ? InputStream.nullInputStream() : new GZIPInputStream(raw, UNZIP_BYTES);
      LineBuffer lines = new LineBuffer(unzipped);
      if (lines.skip(items) < items) {
        throw wrong("has fewer items than were read from it before", null);
      }
      return new Open(raw, unzipped, lines);
    } catch (IOException | SdkException | Fault e) {
      raw.close();
      throw e;
    }
  }

  private void verify(DigestInputStream raw) throws IOException, Fault {
    // What follows the compressed data belongs to the file, too.
    raw.transferTo(OutputStream.nullOutputStream());
    if (items != file.items()) {
      throw wrong("has " + items + " items, but the manifest says " + file.items(), null);
    }
    String md5 = Base64.getEncoder().encodeToString(raw.getMessageDigest().digest());
    if (!md5.equals(file.md5())) {
      throw wrong("has the MD5 " + md5 + ", but the manifest says " + file.md5(), null);
    }
  }

  private Fault fault(IOException e) {
    if (e instanceof NoSuchFileException) {
      return wrong("is missing", e);
    } else if (e instanceof MalformedPageException
        || e instanceof ZipException
        || e instanceof EOFException) {
      return wrong("is damaged or cut: " + e.getMessage(), e);
    }
    return new Fault.Transient("cannot read " + name() + ": " + e, e);
  }

  private Fault wrong(String what, IOException e) {
    String message = name() + " " + what;
    return split instanceof ChangeFile
        ? new Fault.NoBackfill(message, e)
        : new Fault.TableFailed(message, e);
  }

  private String name() {
    return "file " + file.key() + " of the export " + store.location();
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }

  @Override
  public void close() {
    try {
      if (open.isPresent()) {
        open.get().unzipped().close();
        open.get().raw().close();
      }
    } catch (IOException e) {
      // Nothing was written, so nothing can be lost.
    }
    open = Optional.empty();
  }
}
