package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AwsHostsTest {
  @ParameterizedTest
  @CsvSource({
    "dynamodb.eu-west-1.amazonaws.com, streams.dynamodb.eu-west-1.amazonaws.com",
    "dynamodb-fips.us-east-1.amazonaws.com, streams.dynamodb-fips.us-east-1.amazonaws.com",
    "dynamodb.eu-west-1.api.aws, streams-dynamodb.eu-west-1.api.aws",
    "dynamodb-fips.ca-central-1.api.aws, streams-dynamodb-fips.ca-central-1.api.aws",
    "123456789012.ddb.eu-west-1.amazonaws.com, streams.dynamodb.eu-west-1.amazonaws.com",
    "123456789012.ddb.eu-west-1.api.aws, streams-dynamodb.eu-west-1.api.aws",
    "123456789012.ddb-fips.us-east-1.amazonaws.com, streams.dynamodb-fips.us-east-1.amazonaws.com",
    "dynamodb.cn-north-1.amazonaws.com.cn, streams.dynamodb.cn-north-1.amazonaws.com.cn",
    "dynamodb.cn-northwest-1.api.amazonwebservices.com.cn,"
        + " streams-dynamodb.cn-northwest-1.api.amazonwebservices.com.cn",
    "dynamodb.us-gov-west-1.amazonaws.com, streams.dynamodb.us-gov-west-1.amazonaws.com",
    "dynamodb-fips.us-gov-east-1.amazonaws.com, streams.dynamodb.us-gov-east-1.amazonaws.com",
    "dynamodb-fips.us-gov-east-1.api.aws, streams-dynamodb-fips.us-gov-east-1.api.aws",
    "dynamodb.us-iso-east-1.c2s.ic.gov, streams.dynamodb.us-iso-east-1.c2s.ic.gov",
    "dynamodb.eusc-de-east-1.amazonaws.eu, streams.dynamodb.eusc-de-east-1.amazonaws.eu",
    // a region that this SDK does not know yet
    "dynamodb.xx-new-7.amazonaws.com, streams.dynamodb.xx-new-7.amazonaws.com"
  })
  void streamsOfAwsHaveAHostOfTheirOwn(String tables, String streams) {
    assertEquals(
        Optional.of(URI.create("https://" + streams)),
        AwsHosts.streamsOf(URI.create("https://" + tables)));
    assertEquals(
        Optional.of(URI.create("http://" + streams + ":80/")),
        AwsHosts.streamsOf(URI.create("http://" + tables.toUpperCase() + ":80/")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://under_score:8000",
        "https://dynamodb.example.com/x",
        "https://dynamodb.eu-west-1.amazonaws.com.example.com",
        "https://ec2-1-2-3-4.eu-west-1.compute.amazonaws.com:8000",
        "https://alternator-1a.elb.eu-west-1.amazonaws.com",
        "https://dynamodb.eu-west-1.localhost.localstack.cloud:4566"
      })
  void anotherServiceHasOneEndpointForBoth(URI tables) {
    assertEquals(Optional.of(tables), AwsHosts.streamsOf(tables));
    assertEquals(Optional.empty(), AwsHosts.regionOf(tables));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://vpce-1a2b3c4d-5e6f.dynamodb.us-east-1.vpce.amazonaws.com",
        "https://vpce-1a2b3c4d-5e6f-us-east-1a.dynamodb.us-east-1.vpce.amazonaws.com",
        "https://vpce-1a2b3c4d-5e6f.dynamodb-fips.us-east-1.vpce.amazonaws.com",
        "https://vpce-1a2b3c4d-5e6f.123456789012.ddb.us-east-1.vpce.amazonaws.com",
        "https://vpce-1a2b3c4d-5e6f.dynamodb.us-east-1.vpce.api.aws"
      })
  void aVpcEndpointDoesNotTellWhereItsStreamsAre(URI tables) {
    assertEquals(Optional.empty(), AwsHosts.streamsOf(tables));
    assertEquals(Optional.of("us-east-1"), AwsHosts.regionOf(tables));
  }
}
