package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"../load"
	"google.golang.org/grpc"
)

type connection struct {
	client *grpc.ClientConn
}

func dial(address string) (load.Connection, error) {
	link, err := connect(address)
	if err != nil {
		return nil, err
	}
	return link, nil
}

func connect(address string) (connection, error) {
	limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	client, err := grpc.DialContext(limit, address, grpc.WithInsecure(), grpc.WithBlock(),
		grpc.WithDefaultCallOptions(grpc.CallContentSubtype("raw")))
	return connection{client}, err
}

func (c connection) Call(payload []byte) error {
	var reply []byte
	if err := c.client.Invoke(context.Background(), "/Quickstart/Ping", &payload, &reply); err != nil {
		return err
	}
	if len(reply) != len(payload) {
		return fmt.Errorf("sent %d bytes, got %d back", len(payload), len(reply))
	}
	return nil
}

func (c connection) flood(messages, payload int) (received, bytes int, err error) {
	request := make([]byte, 8)
	binary.BigEndian.PutUint32(request, uint32(messages))
	binary.BigEndian.PutUint32(request[4:], uint32(payload))
	stream, err := c.client.NewStream(context.Background(), &quickstart.Streams[0], "/Quickstart/Flood")
	if err != nil {
		return 0, 0, err
	}
	if err := stream.SendMsg(&request); err != nil {
		return 0, 0, err
	}
	if err := stream.CloseSend(); err != nil {
		return 0, 0, err
	}
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err == io.EOF {
			break
		} else if err != nil {
			return received, bytes, err
		}
		received++
		bytes += len(message)
	}
	if received != messages {
		return received, bytes, fmt.Errorf("asked for %d messages, got %d", messages, received)
	}
	return received, bytes, nil
}

func (c connection) Close() error { return c.client.Close() }
