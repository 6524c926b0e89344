package io.nimoshake.dynamodb.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Page;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The data files of one split, and the journal of its pages. A page is one block at the end of a
 * file. It is durable when the file has it and then the journal. A page that comes again replaces
 * what is behind its beginning: the file is cut there. So a crash leaves neither a page twice nor a
 * page in part. Thread-safe.
 */
final class SplitFiles {
  private static final String JOURNAL = ".pages";
  private static final byte[] OPEN = "{\"Item\":".getBytes(US_ASCII);
  private static final byte[] CLOSE = "}\n".getBytes(US_ASCII);
  private static final int READ_BYTES = 64 * 1024;

  private final Path directory;
  private final String split;
  private final long fileBytes;
  private final PageJournal journal;

  /**
   * @param directory where files that are not complete are
   * @param split id of the split
   * @param fileBytes a file is complete when it has this many bytes
   */
  SplitFiles(Path directory, String split, long fileBytes) {
    this.directory = directory;
    this.split = split;
    this.fileBytes = fileBytes;
    this.journal = new PageJournal(directory.resolve(split + JOURNAL));
  }

  /** The ids of the splits that have pages in a directory. */
  static List<String> splits(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(JOURNAL))
          .map(name -> name.substring(0, name.length() - JOURNAL.length()))
          .sorted()
          .toList();
    }
  }

  /** See {@link io.nimoshake.core.port.Target#writePage}. */
  synchronized void write(Page page) throws IOException, Fault {
    PageEntry before = journal.cutTo(page.from());
    String position = PageJournal.text(page.to());
    boolean end = page.to() instanceof Position.End;
    if (page.changes().isEmpty() && (!end || before.isComplete())) {
      journal.append(before.at(position));
      return;
    }
    journal.append(appended(page, before.next(), end).at(position));
  }

  private PageEntry appended(Page page, PageEntry before, boolean end) throws IOException, Fault {
    Lines lines = new Lines(page);
    List<ByteBuffer> parts = new ArrayList<>();
    if (before.bytes() == 0) {
      parts.add(GzipParts.header());
    }
    parts.add(GzipParts.block(lines.bytes, lines.length));
    PageEntry after =
        new PageEntry(
            before.file(),
            before.bytes() + parts.stream().mapToLong(ByteBuffer::remaining).sum(),
            before.items() + page.changes().size(),
            before.textBytes() + lines.length,
            Crc32Sums.join(before.crc(), lines.crc(), lines.length),
            before.md5(),
            before.position());
    boolean complete = end || after.bytes() >= fileBytes;
    if (complete) {
      parts.add(GzipParts.trailer(after.crc(), after.textBytes()));
    }
    Path file = directory.resolve(fileName(after.file()));
    DurableFiles.append(file, before.bytes(), parts);
    return complete ? after.completed(md5(file)) : after;
  }

  private String fileName(int number) {
    return String.format("%s-%05d.json.gz", split, number);
  }

  private static String md5(Path file) throws IOException {
    var md5 = Md5.digest();
    byte[] buffer = new byte[READ_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        md5.update(buffer, 0, count);
      }
    }
    return Base64.getEncoder().encodeToString(md5.digest());
  }

  /**
   * A complete data file.
   *
   * @param md5 in Base64
   */
  record DataFile(String name, long items, String md5) {}

  /**
   * The data files, once the split was written to its end.
   *
   * @throws Fault.TableFailed if it was not
   */
  synchronized List<DataFile> complete() throws IOException, Fault {
    TreeMap<Integer, DataFile> files = new TreeMap<>();
    boolean ended =
        journal.read(
            entry ->
                entry
                    .md5()
                    .ifPresent(
                        md5 ->
                            files.put(
                                entry.file(),
                                new DataFile(fileName(entry.file()), entry.items(), md5))));
    if (!ended) {
      throw new Fault.TableFailed(
          "the files of " + split + " in " + directory + " do not have all of its items", null);
    }
    return List.copyOf(files.values());
  }

  /** The items of a page, a line each. */
  private static final class Lines {
    private final byte[] bytes;
    private int length;

    Lines(Page page) {
      long size = 0;
      for (Change change : page.changes()) {
        size += OPEN.length + item(change).length() + CLOSE.length;
      }
      bytes = new byte[Math.toIntExact(size)];
      for (Change change : page.changes()) {
        add(Slice.of(OPEN));
        int from = length;
        add(item(change));
        toOneLine(from);
        add(Slice.of(CLOSE));
      }
    }

    private static Slice item(Change change) {
      if (change instanceof Change.Upsert upsert) {
        return upsert.document();
      }
      throw new IllegalArgumentException("a copy deletes nothing");
    }

    private void add(Slice part) {
      System.arraycopy(part.array(), part.offset(), bytes, length, part.length());
      length += part.length();
    }

    /** An item may come in several lines. A text in JSON has no line feed, so it is a blank. */
    private void toOneLine(int from) {
      for (int i = from; i < length; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r') {
          bytes[i] = ' ';
        }
      }
    }

    int crc() {
      CRC32 crc = new CRC32();
      crc.update(bytes, 0, length);
      return (int) crc.getValue();
    }
  }
}
