using Hawser.Cli.Grpc;
using Hawser.Protobuf;
using Xunit;

namespace Hawser.Cli.Tests.Grpc;

public sealed class MessageTemplateTests
{
    private const string Order = """
        import "google/protobuf/any.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        message Order {
          string name = 1;
          int64 total_cents = 2;
          repeated Item items = 3;
          map<int32, bool> flags = 4;
          oneof way { string street = 5; bytes locker = 6; }
          State state = 7;
          google.protobuf.Timestamp at = 8;
          google.protobuf.Duration took = 9;
          google.protobuf.Any extra = 10;
          google.protobuf.Struct more = 11;
          google.protobuf.Int64Value limit = 12;
          Order previous = 13;
        }
        message Item { double price = 1; }
        enum State { OPEN = 0; }
        """;

    [Fact]
    public async Task Every_field_is_there_once()
    {
        var schema = await TestSchema.CompileAsync(Order);
        Assert.Equal(
            """
            {
              "name": "",
              "totalCents": "0",
              "items": [
                {
                  "price": 0
                }
              ],
              "flags": {
                "0": false
              },
              "street": "",
              "state": "OPEN",
              "at": "1970-01-01T00:00:00Z",
              "took": "0s",
              "extra": {
                "@type": "type.googleapis.com/google.protobuf.Empty",
                "value": {}
              },
              "more": {},
              "limit": "0",
              "previous": {}
            }
            """,
            MessageTemplate.Of(schema.FindMessage("Order")!));
    }

    [Fact]
    public async Task It_can_be_sent_as_it_is()
    {
        var message = (await TestSchema.CompileAsync(Order)).FindMessage("Order")!;
        Assert.NotNull(ProtoJson.Parse(message, MessageTemplate.Of(message)));
    }
}
